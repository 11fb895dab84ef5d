/** The gateway's token (and its successor during a rotation) and its password, wherever they were presented. */
import { ALL_SCOPES } from '../scopes.ts'
import type { Access, Credential, LiveSecret, Principal, Verdict } from '../types.ts'
import { ABSTAIN, accept, reject, type PresentedMethod } from './types.ts'

const NAMES = { token: 'Gateway token', password: 'Gateway password' } as const

export const token: PresentedMethod = {
  name: 'token',
  class: 'shared',
  verify: (credential, { access }, now) => compare(credential, access, { method: 'token', now }),
}

export const password: PresentedMethod = {
  name: 'password',
  class: 'shared',
  verify: (credential, { access }, now) => compare(credential, access, { method: 'password', now }),
}

function compare(
  credential: Credential,
  { policy, brownouts }: Access,
  { method, now }: { readonly method: LiveSecret['method']; readonly now: number },
): Verdict {
  const live = policy.secrets.filter((secret) => secret.method === method)
  if (live.length === 0) return ABSTAIN
  // Every live secret is compared, so that timing does not tell which one was near.
  const matches = live.filter(({ secret }) => secret.equals(credential.secret))
  const [match] = matches
  if (match === undefined)
    return reject(method === 'token' ? 'token_mismatch' : 'password_mismatch')
  // Only while another one lets people in: whoever takes the second token back, or makes it the first, has ended it.
  const rotating = live.some(({ slot }) => slot === 'secondary')
  const old = matches.every(({ slot }) => slot === 'primary')
  if (rotating && old && brownouts.holds(match.secret, now)) return reject('token_browned_out')
  return accept(sharedPrincipal(match))
}

/** Whoever holds a shared secret is one principal: the secret itself. */
function sharedPrincipal({ method, secret }: LiveSecret): Principal {
  return {
    kind: 'shared',
    id: method,
    displayName: NAMES[method],
    role: 'operator',
    scopes: ALL_SCOPES,
    credentialId: secret.digest(),
  }
}
