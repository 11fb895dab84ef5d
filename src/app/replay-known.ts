/** Credentials that this host knows by digest, found again by the fingerprints that the record keeps of them. */
import type { Access, PresentedClass } from '../access/types.ts'
import { Secret } from '../core/secret.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import { DeviceBook } from '../pairing/book.ts'
import type { PairedDevice } from '../pairing/types.ts'
import type { WebSession } from '../access/types.ts'
import type { KeyEntry } from '../storage/api-keys-parse.ts'

export interface KnownCredentials {
  readonly devices: readonly PairedDevice[]
  readonly sessions: readonly WebSession[]
  readonly fingerprints: Fingerprints
}

/** In the place of a string that nobody has: two with the same fingerprint are the same. */
export function standIn(cls: PresentedClass, fingerprint: string): Secret {
  return new Secret(`replay ${cls} ${fingerprint}`)
}

/** Lookups as the decision makes them, by stand-ins. `keys`: as one configuration reads them. */
export function lookups(
  { devices, sessions, fingerprints }: KnownCredentials,
  keys: readonly KeyEntry[],
): Pick<Access, 'apiKeys' | 'sessions' | 'devices'> {
  const book = new DeviceBook({ devices, requests: [], setupCodes: [] }, () => 0)
  const digestOf = new Map<string, string>()
  const know = (cls: PresentedClass, digest: string): void => {
    const shown = [`sha256:${digest.slice(0, 8)}`, fingerprints.refused({ digest: () => digest })]
    for (const fingerprint of shown) digestOf.set(standIn(cls, fingerprint).digest(), digest)
  }
  for (const { digest } of keys) know('api-key', digest)
  for (const { idDigest } of sessions) know('session', idDigest)
  for (const { grants } of devices)
    for (const { token, next, superseded } of grants)
      for (const issued of [token, ...superseded, ...(next === null ? [] : [next])])
        know('device', issued.digest)
  const byDigest = new Map(keys.map((key) => [key.digest, key]))
  const sessionOf = new Map(sessions.map((session) => [session.idDigest, session]))
  const real = (digest: string): string => digestOf.get(digest) ?? ''
  return {
    apiKeys: { find: (digest) => byDigest.get(real(digest)) ?? null },
    sessions: {
      // The time it had is over or not as it was then.
      idleMs: Infinity,
      find: (digest) => {
        const session = sessionOf.get(real(digest))
        // Whoever showed the cookie is in the record as right only with its proof.
        return session === undefined ? null : { ...session, proofDigest: digest }
      },
    },
    devices: {
      find: (id) => book.find(id),
      findToken: (digest) => book.findToken(real(digest)),
      findSetupCode: () => null,
      wasSetupCode: () => false,
    },
  }
}
