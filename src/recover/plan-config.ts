/** From what is wrong with a configuration to the changes that let the gateway start with it, and let nobody else in. */
import type { Change } from '../config/apply-changes.ts'
import { keyText, parseKeyPath, valueAt, type KeyPath, type Tree } from '../config/key-path.ts'
import type { Problem } from '../config/problem.ts'
import { unreachable } from '../core/never.ts'
import { nearestName } from '../config/suggest.ts'
import {
  confine,
  CREDENTIAL_ON_THIS_HOST,
  guessesCountHere,
  mustConfine,
  nearestWritten,
  saysWhoIsLocal,
  speaksOfLocal,
  unset,
  UNTIL_ALLOWED,
} from './narrow.ts'

export interface Planned {
  readonly changes: readonly Change[]
  /** The gateway is kept to this host. */
  readonly confined?: boolean
  readonly remedy: string
  /** For `--dry-run`, after "would". */
  readonly would?: string
  readonly next: string | null
}

const TOKEN: KeyPath = ['gateway', 'auth', 'token']
const SECONDARY: KeyPath = ['gateway', 'auth', 'tokenSecondary']
const PASSWORD: KeyPath = ['gateway', 'auth', 'password']
const MODE: KeyPath = ['gateway', 'auth', 'mode']

const TELL_CLIENTS =
  'Give it to your clients: `openclaw config get gateway.auth --reveal` shows it on this host'
const OPEN_AGAIN =
  'Look at what was moved aside; then open the gateway again with `openclaw config set gateway.bind …`'

/** `made`: a new secret. `null`: nothing in the file can help. */
export function planFor(problem: Problem, tree: Tree, made: string): Planned | null {
  const path = parseKeyPath(problem.key ?? '')
  if (path === null) return null
  switch (problem.code) {
    case 'mode_needed':
      return {
        changes: [
          ...unset(tree, TOKEN),
          set(TOKEN, made),
          ...unset(tree, SECONDARY),
          set(MODE, 'token'),
        ],
        remedy: 'the mode is now token, with a new token: which of the two counted is unknown',
        next: TELL_CLIENTS,
      }
    case 'no_token':
      return valueAt(tree, SECONDARY) === undefined
        ? newSecret(tree, TOKEN, made)
        : promoted(tree, valueAt(tree, SECONDARY))
    case 'no_password':
      return newSecret(tree, PASSWORD, made)
    case 'weak_token':
    case 'weak_password':
    case 'unmatchable_secret':
      return secretAt(tree, path, made)
    case 'shared_value':
      return path[0] === 'gateway' ? secretAt(tree, path, made) : removed(problem, tree, path)
    case 'none_exposed':
      return {
        changes: [...unset(tree, MODE), ...unset(tree, PASSWORD), ...freshToken(tree, made)],
        remedy: 'moved aside: the mode is token, with a new one',
        next: TELL_CLIENTS,
      }
    case 'trusted_proxy_no_proxies':
    case 'trusted_proxy_no_user_header':
      return removed(problem, tree, MODE)
    case 'mixed_trusted_proxy_token':
      return {
        changes: [...unset(tree, TOKEN), ...unset(tree, SECONDARY)],
        remedy: 'the token is moved aside: the proxy still names who comes in',
        next: null,
      }
    case 'custom_bind_no_host':
      return removed(problem, tree, ['gateway', 'bind'])
    case 'funnel_needs_password':
      return removed(problem, tree, ['gateway', 'tailscale', 'mode'])
    case 'remote_mode':
    case 'two_files':
    case 'unreadable':
    case 'syntax':
    case 'secrets_unopened':
    case 'login_unreadable':
      return null
    case 'conflict':
      return conflict(problem, tree, path)
    case 'missing_variable':
    case 'unresolved_secret':
    case 'wrong_value':
      return wrongValue(problem, tree, { path, made })
    case 'duplicate_key':
    case 'forbidden_key':
    case 'unknown_key':
    case 'unsupported':
    case 'bridge_port_taken':
      return removed(problem, tree, path)
    case 'change_waits':
    case 'not_agreed':
      // Of an edit that was asked for, never of a file.
      return null
    case 'env_token_shadows_config':
    case 'control_ui_any_origin':
    case 'control_ui_host_fallback':
    case 'trusted_proxies_wide':
    case 'trusted_proxy_loopback_only':
    case 'invalid_entry':
    case 'name_in_group':
    case 'open_without_wildcard':
    case 'wildcard_without_open':
    case 'owner_unknown':
    case 'account_incomplete':
    case 'control_ui_no_origins':
      // Warnings: a start goes on.
      return null
    default:
      return unreachable(problem.code)
  }
}

function wrongValue(
  problem: Problem,
  tree: Tree,
  { path, made }: { readonly path: KeyPath; readonly made: string },
): Planned | null {
  const key = keyText(path)
  if (key === keyText(MODE)) return mode(problem, tree, made)
  if (key === 'gateway.auth.token' || key === 'gateway.auth.password')
    return secretAt(tree, path, made)
  if (key === 'gateway.auth.allowLocalDirect')
    return {
      ...narrowed(path, false, 'now false: callers on this host need a credential'),
      next: UNTIL_ALLOWED,
    }
  if (key === 'gateway.auth.rateLimit.exemptLoopback') return narrowed(path, false, 'now false')
  return removed(problem, tree, path)
}

/** A name that was nearly one of ours is that one; else the default, and no old secret comes back to life. */
function mode(problem: Problem, tree: Tree, made: string): Planned | null {
  const meant = nearestName(String(valueAt(tree, MODE)), ['token', 'password', 'trusted-proxy'])
  if (meant !== null) return narrowed(MODE, meant, `now "${meant}"`)
  const plain = removed(problem, tree, MODE)
  if (plain === null) return null
  const changes = [...plain.changes, ...unset(tree, PASSWORD), ...freshToken(tree, made)]
  return { changes, remedy: `${plain.remedy}, with a new token`, next: TELL_CLIENTS }
}

/** A new one where the mode counts on it, else it goes. */
function secretAt(tree: Tree, path: KeyPath, made: string): Planned {
  const given = valueAt(tree, MODE)
  const counts =
    keyText(path) === 'gateway.auth.password' ? given === 'password' : given === 'token'
  if (counts) return newSecret(tree, path, made)
  const open = given === undefined && keyText(path) !== keyText(SECONDARY)
  if (open) return newSecret(tree, path, made)
  return { changes: unset(tree, path), remedy: 'moved aside: the mode needs none', next: null }
}

function newSecret(tree: Tree, path: KeyPath, made: string): Planned {
  const word = path.at(-1) === 'password' ? 'password' : 'token'
  return {
    changes: [...unset(tree, path), set(path, made)],
    remedy: `a new ${word} was made; the old value is moved aside`,
    would: `make a new ${word}; the old value is moved aside`,
    next: TELL_CLIENTS,
  }
}

/** The rotation was cut short: the clients that moved already go on. */
function promoted(tree: Tree, secondary: unknown): Planned {
  return {
    changes: [...unset(tree, SECONDARY), set(TOKEN, secondary)],
    remedy: 'the secondary token is now the token',
    next: null,
  }
}

/** Of two that mean the same, the newer name stays; of two places to listen, neither. */
function conflict(problem: Problem, tree: Tree, path: KeyPath): Planned | null {
  const plain = removed(problem, tree, path)
  if (plain === null || keyText(path) !== 'gateway.host') return plain
  return {
    ...plain,
    changes: [...plain.changes, ...unset(tree, ['gateway', 'bind'])],
  }
}

function removed(problem: Problem, tree: Tree, path: KeyPath): Planned | null {
  const written = nearestWritten(tree, path)
  if (written === null) return null
  const confined = mustConfine(written, problem.code)
  const local = speaksOfLocal(written) && !saysWhoIsLocal(tree)
  // The key file is another one then: keys that were retired must not count again.
  const keys = keyText(written).startsWith('security.apiKeys')
    ? unset(tree, ['security', 'apiKeys', 'enabled'])
    : []
  const changes = [
    ...unset(tree, written),
    ...keys,
    ...guessesCountHere(written),
    ...(confined ? confine(tree) : local ? [CREDENTIAL_ON_THIS_HOST] : []),
  ]
  const meant = problem.fix.startsWith('Did you mean') ? problem.fix : null
  const nexts = [
    ...(meant === null ? [] : [meant]),
    ...(confined ? [OPEN_AGAIN] : []),
    ...(confined || local ? [UNTIL_ALLOWED] : []),
  ]
  return {
    changes,
    confined,
    remedy: `moved aside${confined ? '; it may have kept somebody out, so the gateway is kept to this host' : ''}`,
    next:
      nexts.length === 0
        ? null
        : nexts
            .map((next) => (next.endsWith('?') ? next : `${next}.`))
            .join(' ')
            .replace(/\.$/, ''),
  }
}

/** What `.env` said is gone: a limit, perhaps, or the secret that stood before the file's. */
export function planWithoutDotenv(tree: Tree, made: string): readonly Change[] {
  const given = valueAt(tree, MODE)
  const password = given === 'password' ? [set(PASSWORD, made)] : []
  const token = given === undefined || given === 'token' ? freshToken(tree, made) : []
  return [...confine(tree), ...unset(tree, PASSWORD), ...password, ...token]
}

function freshToken(tree: Tree, made: string): readonly Change[] {
  return [...unset(tree, TOKEN), ...unset(tree, SECONDARY), set(TOKEN, made)]
}

function narrowed(path: KeyPath, value: unknown, remedy: string): Planned {
  return { changes: [set(path, value)], remedy, next: null }
}

function set(path: KeyPath, value: unknown): Change {
  return { kind: 'set', path, value }
}
