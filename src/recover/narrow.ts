/** What may take the place of a setting that is moved aside: never more than the old value can have let in. */
import { keyText, valueAt, type KeyPath, type Tree } from '../config/key-path.ts'
import { ALIASES } from '../config/aliases.ts'
import type { Change } from '../config/apply-changes.ts'

const LOCAL: KeyPath = ['gateway', 'auth', 'allowLocalDirect']

/** Their defaults let in everybody whom the rest lets in: what they said may have kept somebody out. */
const WIDER_BY_DEFAULT: readonly KeyPath[] = [
  ['gateway', 'tls'],
  ['gateway', 'auth', 'tailscale'],
  ['gateway', 'auth', 'allowTailscale'],
  ['gateway', 'auth', 'identityScopes'],
  ['gateway', 'auth', 'trustedProxy', 'allowUsers'],
  ['gateway', 'auth', 'trustedProxy', 'requiredHeaders'],
  ['gateway', 'auth', 'trustedProxy', 'jwt'],
]

/** From these the gateway concludes whether callers on this host need a credential (SPEC 2.3). */
const SPEAKS_OF_LOCAL: readonly KeyPath[] = [
  LOCAL,
  ['gateway', 'trustedProxies'],
  ['gateway', 'tailscale', 'mode'],
  ['gateway', 'auth', 'mode'],
  ['tools', 'exec', 'sandbox'],
]

/** Without `path`, the gateway is kept to this host until the owner has looked at it. */
export function mustConfine(path: KeyPath, code: string): boolean {
  const [section] = path
  // A name that this version does not know may be a limit of another one's.
  if (code === 'unknown_key') return section === 'gateway' || section === 'security'
  return WIDER_BY_DEFAULT.some((wide) => overlap(wide, path))
}

export function speaksOfLocal(path: KeyPath): boolean {
  return SPEAKS_OF_LOCAL.some((one) => overlap(one, path))
}

/** This host only, and nobody on it without a credential. */
export function confine(tree: Tree): readonly Change[] {
  const open: readonly KeyPath[] = [
    ['gateway', 'bind'],
    ['gateway', 'customBindHost'],
    ['gateway', 'trustedProxies'],
    ['gateway', 'tailscale', 'mode'],
  ]
  return [...open.flatMap((path) => unset(tree, path)), { kind: 'set', path: LOCAL, value: false }]
}

export const CREDENTIAL_ON_THIS_HOST: Change = { kind: 'set', path: LOCAL, value: false }

/** Goes with it. */
export const UNTIL_ALLOWED =
  'Callers on this host need the token too, until `openclaw config set gateway.auth.allowLocalDirect true`'

/** Callers on this host are never locked by default: without its section the narrower word is written down. */
export function guessesCountHere(removed: KeyPath): readonly Change[] {
  const path = ['gateway', 'auth', 'rateLimit', 'exemptLoopback']
  const holdsIt = removed.length < path.length && overlap(removed, path)
  return holdsIt ? [{ kind: 'set', path, value: false }] : []
}

/** Where it says so itself, that stays. */
export function saysWhoIsLocal(tree: Tree): boolean {
  return typeof valueAt(tree, LOCAL) === 'boolean'
}

/** Removes the setting under each of its names; nothing where it has none. */
export function unset(tree: Tree, path: KeyPath): readonly Change[] {
  const flat = ALIASES.filter(({ means }) => means.some((one) => keyText(one) === keyText(path)))
  const written = [path, ...flat.map((alias) => alias.flat)].filter(
    (one) => valueAt(tree, one) !== undefined,
  )
  return written.map((one) => ({ kind: 'unset', path: one }))
}

/** The nearest thing that the file has: `gateway.auth.trustedProxy.jwt` for a `jwt.issuer` that is missing in it. */
export function nearestWritten(tree: Tree, path: KeyPath): KeyPath | null {
  if (path.length === 0) return null
  if (unset(tree, path).length > 0) return path
  return nearestWritten(tree, path.slice(0, -1))
}

function overlap(one: KeyPath, other: KeyPath): boolean {
  const shared = Math.min(one.length, other.length)
  return keyText(one.slice(0, shared)) === keyText(other.slice(0, shared))
}
