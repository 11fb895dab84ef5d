/** The owner on this host: method `local`, or `none` where the mode asks nothing of local callers. */
import { ALL_SCOPES } from '../scopes.ts'
import type { Principal } from '../types.ts'
import { ABSTAIN, accept, reject, type AmbientMethod } from './types.ts'

export const OWNER: Principal = {
  kind: 'owner',
  id: 'owner',
  displayName: 'Owner on this host',
  role: 'operator',
  scopes: ALL_SCOPES,
  credentialId: null,
}

export const localDirect: AmbientMethod = {
  name: 'local',
  class: null,
  verify({ evidence, access: { policy }, local }) {
    if (evidence.listener === 'owner') return accept(OWNER)
    if (local === 'no') return ABSTAIN
    if (!policy.allowLocalDirect) return reject('local_direct_not_admitted')
    if (local === 'unknown') return { kind: 'need', fact: 'peerOwner' }
    return accept(OWNER)
  },
}
