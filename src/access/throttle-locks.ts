/** A lock as operators see it and as the journal keeps it. */
import { canonicalAddress, coarseBucket, guessBucket } from '../core/address.ts'
import type { CredentialClass } from './types.ts'

export interface Lock {
  /** An address, an IPv6 /64, or a shared bucket: `203.0.0.0/16`, `2001:db8:1::/48`, `*`. */
  readonly address: string
  readonly class: CredentialClass
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** One line of the journal; what a restart knows is the sum of them. */
export type LockLine =
  | ({ readonly kind: 'lock' } & Lock)
  /** An operator lifted the locks of one bucket; `null`: all of them. */
  | { readonly kind: 'release'; readonly address: string | null }
  /** The settings changed: no lock above this line lasts beyond `until`. */
  | { readonly kind: 'cap'; readonly until: number }

/** Keeps locks over restarts; `storage/lock-journal.ts` implements it. */
export interface LockJournal {
  /** Lines keep the order of the calls. Resolves when the line is on disk; rejects when it cannot be. */
  append(line: LockLine): Promise<void>
}

/** The bucket of everybody whose network cannot be tracked either. */
export const EVERYBODY = '*'

export const CLASSES: readonly CredentialClass[] = [
  'shared',
  'device',
  'api-key',
  'session',
  'proxy',
  'tailscale',
  'webhook',
]

/** `shared 203.0.113.9`: no class has a space, so the bucket is what follows the first one. */
export function accountKey(cls: CredentialClass, bucket: string): string {
  return `${cls} ${bucket}`
}

/** The lock on an {@link accountKey}. */
export function lockOf(key: string, until: number): Lock {
  const cls = CLASSES.find((name) => key.startsWith(`${name} `))
  if (cls === undefined) throw new RangeError(`"${key}" is no account`)
  return { address: key.slice(cls.length + 1), class: cls, until }
}

/** What an operator may mean by one text: a bucket, or an address with every bucket it could be held in. Empty for anything that cannot be locked. */
export function bucketsOf(text: string): readonly string[] {
  if (text === EVERYBODY) return [EVERYBODY]
  const address = canonicalAddress(text)
  if (address !== null) return [guessBucket(address), coarseBucket(address), EVERYBODY]
  const [, network = '', bits = ''] = /^([^/]*)\/(\d+)$/.exec(text) ?? []
  const first = canonicalAddress(network)
  if (first === null) return []
  if (bits === '64' && first.includes(':')) return [guessBucket(first)]
  return bits === (first.includes(':') ? '48' : '16') ? [coarseBucket(first)] : []
}
