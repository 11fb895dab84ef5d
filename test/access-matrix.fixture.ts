/** What every operation of the gateway requires, written down by hand: the code has to agree with this table. */
import { makeRoutes } from '../src/server/routes.ts'
import { operations, type OperationPorts } from '../src/operations/index.ts'
import type { Requirement } from '../src/operations/types.ts'

export interface Row {
  readonly requires: Requirement
  /** Verb and path, or `null` where HTTP does not reach it. */
  readonly http: string | null
  readonly websocket: boolean
  /** A web chat may call it, about its own conversation (S0). */
  readonly webchat: boolean
}

function row(
  requires: Requirement,
  http: string | null,
  websocket: 'websocket' | 'http only',
  webchat: 'web chats too' | 'no web chat' = 'no web chat',
): Row {
  return {
    requires,
    http,
    websocket: websocket === 'websocket',
    webchat: webchat === 'web chats too',
  }
}

/** A new operation needs its row here; a row without an operation is a mistake too. */
export const MATRIX: Readonly<Record<string, Row>> = {
  health: row('principal', 'GET /api/v1/health', 'websocket'),
  status: row('operator.read', 'GET /api/v1/status', 'websocket'),
  'system-presence': row('operator.read', 'GET /api/v1/presence', 'websocket'),
  whoami: row('principal', 'GET /api/v1/whoami', 'websocket'),
  'config.get': row('operator.admin', 'GET /api/v1/config', 'websocket'),
  'config.change': row('operator.admin', 'POST /api/v1/config/change', 'websocket'),
  'config.confirm': row('operator.admin', 'POST /api/v1/config/confirm', 'websocket'),
  'agents.list': row('operator.read', 'GET /api/v1/agents', 'websocket'),
  agent: row('operator.write', 'POST /api/v1/agents/:agentId/messages', 'websocket'),
  'sessions.list': row('operator.read', 'GET /api/v1/sessions', 'websocket'),
  'chat.send': row(
    'operator.write',
    'POST /api/v1/sessions/:sessionKey/messages',
    'websocket',
    'web chats too',
  ),
  'chat.history': row(
    'operator.read',
    'GET /api/v1/sessions/:sessionKey/history',
    'websocket',
    'web chats too',
  ),
  'chat.abort': row(
    'operator.write',
    'POST /api/v1/sessions/:sessionKey/abort',
    'websocket',
    'web chats too',
  ),
  'channels.status': row('operator.read', 'GET /api/v1/channels', 'websocket'),
  'channels.pairing.list': row('operator.pairing', 'GET /api/v1/senders', 'websocket'),
  'channels.pairing.approve': row('operator.pairing', 'POST /api/v1/senders/approve', 'websocket'),
  'channels.pairing.dismiss': row('operator.pairing', 'POST /api/v1/senders/dismiss', 'websocket'),
  'channels.pairing.invite': row('operator.pairing', 'POST /api/v1/senders', 'websocket'),
  'channels.pairing.cancel': row(
    'operator.pairing',
    'DELETE /api/v1/invitations/:invitationId',
    'websocket',
  ),
  'channels.pairing.revoke': row(
    'operator.pairing',
    'DELETE /api/v1/senders/:channel/:sender',
    'websocket',
  ),
  send: row('operator.write', 'POST /api/v1/channels/:channel/messages', 'websocket'),
  'last-heartbeat': row('operator.read', null, 'websocket'),
  'logs.tail': row('operator.read', 'GET /api/v1/logs', 'websocket'),
  metrics: row('operator.read', 'GET /metrics', 'http only'),
  'record.list': row('operator.admin', 'GET /api/v1/record', 'websocket'),
  'record.why': row('operator.admin', 'GET /api/v1/record/:requestId', 'websocket'),
  'auth.explain': row('operator.admin', 'POST /api/v1/auth/explain', 'websocket'),
  'lockouts.list': row('operator.admin', 'GET /api/v1/lockouts', 'websocket'),
  'lockouts.clear': row('operator.admin', 'DELETE /api/v1/lockouts', 'websocket'),
  'api-keys.list': row('operator.admin', 'GET /api/v1/api-keys', 'websocket'),
  'api-keys.create': row('operator.admin', 'POST /api/v1/api-keys', 'websocket'),
  'api-keys.revoke': row('operator.admin', 'DELETE /api/v1/api-keys/:id', 'websocket'),
  'api-keys.rotate': row('operator.admin', 'POST /api/v1/api-keys/:id/rotate', 'websocket'),
  'access.review': row('operator.admin', 'GET /api/v1/access/review', 'websocket'),
  'pairing.changes': row('operator.pairing', 'GET /api/v1/pairing/changes', 'http only'),
  'device.pair.list': row('operator.pairing', 'GET /api/v1/devices', 'websocket'),
  'device.pair.approve': row(
    'operator.pairing',
    'POST /api/v1/devices/requests/:requestId/approve',
    'websocket',
  ),
  'device.pair.reject': row(
    'operator.pairing',
    'POST /api/v1/devices/requests/:requestId/reject',
    'websocket',
  ),
  'device.pair.remove': row('operator.pairing', 'DELETE /api/v1/devices/:deviceId', 'websocket'),
  'device.pair.forget': row('operator.admin', 'POST /api/v1/devices/removed/forget', 'websocket'),
  'device.pair.rename': row(
    'operator.pairing',
    'POST /api/v1/devices/:deviceId/rename',
    'websocket',
  ),
  'device.pair.setupCode': row('operator.admin', 'POST /api/v1/devices/setup-codes', 'websocket'),
  'device.pair.setupStatus': row(
    'operator.admin',
    'GET /api/v1/devices/setup-codes/:setupId',
    'websocket',
  ),
  'device.token.rotate': row(
    'operator.pairing',
    'POST /api/v1/devices/:deviceId/token/rotate',
    'websocket',
  ),
  'device.token.revoke': row(
    'operator.pairing',
    'POST /api/v1/devices/:deviceId/token/revoke',
    'websocket',
  ),
  'node.pair.list': row('operator.pairing', 'GET /api/v1/nodes/requests', 'websocket'),
  'node.pair.request': row('operator.pairing', 'POST /api/v1/nodes/:nodeId/request', 'websocket'),
  'node.pair.approve': row(
    'operator.pairing',
    'POST /api/v1/nodes/requests/:requestId/approve',
    'websocket',
  ),
  'node.pair.reject': row(
    'operator.pairing',
    'POST /api/v1/nodes/requests/:requestId/reject',
    'websocket',
  ),
  'node.pair.verify': row('operator.pairing', 'POST /api/v1/nodes/:nodeId/verify', 'websocket'),
  'node.pair.remove': row('operator.pairing', 'DELETE /api/v1/nodes/:nodeId', 'websocket'),
  'node.rename': row('operator.pairing', 'POST /api/v1/nodes/:nodeId/rename', 'websocket'),
  'node.list': row('operator.read', 'GET /api/v1/nodes', 'websocket'),
  'node.describe': row('operator.read', 'GET /api/v1/nodes/:nodeId', 'websocket'),
  'node.invoke': row('operator.write', 'POST /api/v1/nodes/:nodeId/invoke', 'websocket'),
  'node.invoke.result': row('node', null, 'websocket'),
  'node.event': row('node', null, 'websocket'),
  'token.status': row('operator.admin', 'GET /api/v1/token', 'websocket'),
  'token.rotate': row('operator.admin', 'POST /api/v1/token/rotate', 'websocket'),
  'token.brownout': row('operator.admin', 'POST /api/v1/token/brownout', 'websocket'),
  'token.promote': row('operator.admin', 'POST /api/v1/token/promote', 'websocket'),
  'token.rollback': row('operator.admin', 'POST /api/v1/token/rollback', 'websocket'),
  'session.create': row('public', 'POST /api/v1/session', 'http only'),
  'session.delete': row('principal', 'DELETE /api/v1/session', 'http only'),
  'login-link.create': row('operator.admin', 'POST /api/v1/login-links', 'websocket'),
  'proxy-probe.start': row('operator.admin', 'POST /api/v1/proxy-probes', 'websocket'),
  'proxy-probe.read': row('operator.admin', 'GET /api/v1/proxy-probes/:probe', 'websocket'),
  'gateway.stop': row('operator.admin', 'POST /api/v1/gateway/stop', 'websocket'),
  'gateway.restart': row('operator.admin', 'POST /api/v1/gateway/restart', 'websocket'),
}

/** The operations as the gateway makes them, over ports that nobody calls. */
export const declared = operations(portsThatNobodyCalls())
export const routes = makeRoutes(declared)

function portsThatNobodyCalls(): OperationPorts {
  const anything: OperationPorts = new Proxy(
    Object.assign(() => anything, {}),
    {
      get: () => anything,
      apply: () => anything,
    },
  ) as never
  return anything
}

/** Which scopes, held alone, satisfy a requirement: SPEC 3 in words, not the code's own rule. */
const ENOUGH: Readonly<Record<Requirement, readonly string[]>> = {
  public: [],
  principal: [],
  node: [],
  'operator.read': ['operator.read', 'operator.write', 'operator.admin'],
  'operator.write': ['operator.write', 'operator.admin'],
  'operator.tools': ['operator.tools', 'operator.admin'],
  'operator.approvals': ['operator.approvals', 'operator.admin'],
  'operator.pairing': ['operator.pairing', 'operator.admin'],
  'operator.admin': ['operator.admin'],
}

export function isEnough(scopes: readonly string[], requires: Requirement): boolean {
  if (requires === 'principal' || requires === 'public') return true
  return scopes.some((scope) => ENOUGH[requires].includes(scope))
}

/** One route as a request: parameters filled, and an input that no operation accepts, so that nothing is changed. */
export function requestFor(http: string): {
  readonly method: string
  readonly path: string
  readonly body: object | undefined
} {
  const [method = '', template = ''] = http.split(' ')
  const path = template.replaceAll(/:\w+/g, 'nobody')
  return method === 'GET'
    ? { method, path: `${path}?noSuchMember=1`, body: undefined }
    : { method, path, body: { noSuchMember: 1 } }
}

/** HTTP routes that need somebody, with their rows. */
export const guarded = Object.entries(MATRIX).flatMap(([name, { requires, http }]) =>
  http === null || requires === 'public' ? [] : [{ name, requires, http }],
)

/** Whether a role may call a method at all, whatever its scopes: S0's roles in words. */
export function isForRole(
  role: 'node' | 'webchat',
  { requires, websocket, webchat }: Row,
): boolean {
  if (!websocket) return false
  if (requires === 'principal') return true
  return role === 'node' ? requires === 'node' : webchat
}
