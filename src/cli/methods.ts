/** The gateway's methods that commands call, and what a connection for each asks to be allowed. */
import type { Scope } from '../access/scopes.ts'

interface Wish {
  /** As its operation declares it; `null` where anybody authenticated may. */
  readonly needs: Scope | null
  /** What its answer grows by, where the credential holds that too. */
  readonly uses: readonly Scope[]
}

/** Commands in a message, and the page behind a link, act with what their connection holds; an approval gives at most that. */
export const EVERYTHING: readonly Scope[] = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
]

/**
 * Nothing that is not asked for is granted on a WebSocket, and a device that asks for more than was approved is refused: so
 * each connection asks for what its one request needs. A test holds this table against the operations' own declarations.
 */
const WISHES = {
  health: needs(null),
  /** Where each secret came from is for administrators. */
  status: needs('operator.read', ['operator.admin']),
  agent: needs('operator.write', EVERYTHING),
  'record.why': needs('operator.admin'),
  'auth.explain': needs('operator.admin'),
  'lockouts.list': needs('operator.admin'),
  'lockouts.clear': needs('operator.admin'),
  'api-keys.list': needs('operator.admin'),
  'api-keys.create': needs('operator.admin'),
  'api-keys.revoke': needs('operator.admin'),
  'api-keys.rotate': needs('operator.admin'),
  'access.review': needs('operator.admin'),
  'config.change': needs('operator.admin'),
  'config.confirm': needs('operator.admin'),
  'token.status': needs('operator.admin'),
  'token.rotate': needs('operator.admin'),
  'token.brownout': needs('operator.admin'),
  'token.promote': needs('operator.admin'),
  'token.rollback': needs('operator.admin'),
  'login-link.create': needs('operator.admin', EVERYTHING),
  /** A device's token shows other devices to an administrator alone, who may act on them. */
  'device.pair.list': needs('operator.pairing', ['operator.admin']),
  'device.pair.approve': needs('operator.pairing', EVERYTHING),
  'device.pair.reject': needs('operator.pairing', ['operator.admin']),
  'device.pair.remove': needs('operator.pairing', ['operator.admin']),
  'device.pair.forget': needs('operator.admin'),
  'device.pair.rename': needs('operator.pairing', ['operator.admin']),
  'device.pair.setupCode': needs('operator.admin'),
  'device.token.rotate': needs('operator.pairing', EVERYTHING),
  'device.token.revoke': needs('operator.pairing', EVERYTHING),
  'node.list': needs('operator.read'),
  'node.describe': needs('operator.read'),
  'node.invoke': needs('operator.write', ['operator.admin']),
  'node.pair.list': needs('operator.pairing', ['operator.admin']),
  'node.pair.approve': needs('operator.pairing', EVERYTHING),
  'node.pair.reject': needs('operator.pairing', ['operator.admin']),
  'node.pair.remove': needs('operator.pairing', ['operator.admin']),
  'node.rename': needs('operator.pairing', ['operator.admin']),
  'channels.status': needs('operator.read'),
  'channels.pairing.list': needs('operator.pairing'),
  'channels.pairing.approve': needs('operator.pairing'),
  'channels.pairing.dismiss': needs('operator.pairing'),
  'channels.pairing.invite': needs('operator.pairing'),
  'channels.pairing.cancel': needs('operator.pairing'),
  'channels.pairing.revoke': needs('operator.pairing'),
  send: needs('operator.write'),
  'proxy-probe.start': needs('operator.admin'),
  'proxy-probe.read': needs('operator.admin'),
  'gateway.stop': needs('operator.admin'),
  'gateway.restart': needs('operator.admin'),
} satisfies Readonly<Record<string, Wish>>

export type Method = keyof typeof WISHES

export const METHODS: Readonly<Record<Method, Wish>> = WISHES

/** `held`: the scopes of the device token that is shown; `null` for credentials of which the gateway just drops what they do not hold. */
export function scopesFor(method: Method, held: readonly string[] | null): readonly Scope[] {
  const { needs, uses } = METHODS[method]
  const useful = uses.filter((scope) => held === null || covers(held, scope))
  return EVERYTHING.filter((scope) => scope === needs || useful.includes(scope))
}

/** Admin implies all; write implies read. */
export function covers(held: readonly string[], scope: Scope): boolean {
  if (held.includes(scope) || held.includes('operator.admin')) return true
  return scope === 'operator.read' && held.includes('operator.write')
}

function needs(scope: Scope | null, uses: readonly Scope[] = []): Wish {
  return { needs: scope, uses }
}
