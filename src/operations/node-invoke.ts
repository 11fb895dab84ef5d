/** `node.invoke`: runs an approved command on a connected node, and answers with what the node says came of it. */
import { z } from 'zod'
import { holds } from '../access/scopes.ts'
import { randomText } from '../core/ids.ts'
import { jsonOf, jsonText } from '../core/json.ts'
import { unreachable } from '../core/never.ts'
import { MAX_PARAMS_LENGTH, type NodeInvocations } from '../nodes/invocations.ts'
import type { InvocationEnd, InvocationRequest, NodeConnection } from '../nodes/types.ts'
import { isAdminCommand } from '../pairing/node-commands.ts'
import { findNode } from '../pairing/nodes.ts'
import { surfaceInForce } from '../pairing/surface.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import { MAX_IDEMPOTENCY_KEY_LENGTH } from './submit-message.ts'
import { deviceSubject, factWord } from './pairing-subject.ts'
import { defineOperation, Refusal, type Call, type Operation } from './types.ts'

export interface NodeInvokeParts extends NodeParts {
  readonly invocations: NodeInvocations
}

const DEFAULT_TIMEOUT_MS = 30_000
const MAX_TIMEOUT_MS = 600_000

const text = z.string().max(512)

const input = z.strictObject({
  nodeId: nodeIdShape,
  command: z.string().min(1).max(128),
  params: z.unknown().optional(),
  /** 0, as the wire allows: no wish. */
  timeoutMs: z.int().min(0).max(MAX_TIMEOUT_MS).optional(),
  /** The wire requires it; over REST one is made. */
  idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
  // Where a turn came from: its client's own words, which decide nothing (R07).
  sessionKey: text.optional(),
  turnSourceChannel: text.optional(),
  turnSourceTo: text.optional(),
  turnSourceAccountId: text.optional(),
  turnSourceThreadId: z.union([text, z.number()]).optional(),
})

export function nodeInvoke(parts: NodeInvokeParts): Operation {
  return defineOperation({
    name: 'node.invoke',
    summary: 'Runs an approved command on a node; the dangerous ones need `operator.admin`.',
    requires: 'operator.write',
    changes: true,
    http: { method: 'POST', path: '/api/v1/nodes/:nodeId/invoke' },
    websocket: true,
    input,
    subject: ({ nodeId, command }) =>
      `${deviceSubject(parts.desk, nodeId)} command=${factWord(command)}`,
    async run(asked, call) {
      const { nodeId, command } = asked
      if (isAdminCommand(command) && !holds(call.principal.scopes, 'operator.admin'))
        throw new Refusal('missing_scope', 'missing scope: operator.admin')

      const request = requestOf(asked, call)
      const { invocations } = parts
      const begun =
        invocations.earlier(request) ?? invocations.begin(request, reachable(request, parts))
      if (begun.kind === 'key-reused')
        throw new Refusal(
          'conflict',
          'this idempotencyKey stands for another command: use a new one',
        )
      if (begun.kind === 'busy')
        throw new Refusal('busy', 'this node is running as many commands as it may: try again')
      return served(await begun.wait(call.signal), { nodeId, command })
    },
  })
}

function requestOf(
  { nodeId, command, params, timeoutMs = 0, idempotencyKey }: z.output<typeof input>,
  { principal }: Call,
): InvocationRequest {
  const paramsJSON = params === undefined ? null : jsonText(params)
  if (params !== undefined && paramsJSON === null)
    throw new Refusal('invalid_input', 'params nest too deeply')
  if ((paramsJSON?.length ?? 0) > MAX_PARAMS_LENGTH)
    throw new Refusal('invalid_input', `params are longer than ${MAX_PARAMS_LENGTH} characters`)
  return {
    nodeId,
    command,
    paramsJSON,
    timeoutMs: timeoutMs === 0 ? DEFAULT_TIMEOUT_MS : timeoutMs,
    owner: `${principal.kind}:${principal.id}`,
    idempotencyKey: idempotencyKey ?? `invoke-${randomText(12)}`,
  }
}

/** The node's connection, where this command may go to it: what it claims and what was approved, both as they are now. */
function reachable(
  { nodeId, command }: InvocationRequest,
  { desk, connected }: NodeParts,
): NodeConnection {
  const device = findNode(desk, nodeId)
  if (device === null)
    throw new Refusal('node_unknown', 'node pairing changed before request dispatch')
  const connection = connected.find(nodeId)
  if (connection === null) throw new Refusal('node_not_connected', 'node not connected')
  const { commands } = surfaceInForce(device, connection.claimed, desk.clock())
  if (commands.includes(command)) return connection

  const waits = device.surface.pending?.commands.includes(command) === true
  const why = waits ? 'it awaits an operator’s approval' : 'the node is not approved for it'
  const others = commands.length === 0 ? 'no command' : commands.join(', ')
  throw new Refusal(
    'node_command_not_allowed',
    `node command not allowed: ${why}; it may run ${others}`,
  )
}

function served(
  end: InvocationEnd,
  { nodeId, command }: Pick<InvocationRequest, 'nodeId' | 'command'>,
) {
  switch (end.kind) {
    case 'done': {
      const { payloadJSON } = end
      const payload = payloadJSON === null ? null : (jsonOf(payloadJSON) ?? null)
      return { ok: true, nodeId, command, payload, payloadJSON }
    }
    case 'failed':
      throw new Refusal('node_failed', `${end.code}: ${end.message}`)
    case 'timeout':
      throw new Refusal('node_timeout', 'the node did not answer in time')
    case 'gone':
      throw new Refusal('node_not_connected', 'the node disconnected before it answered')
    case 'cancelled':
      throw new Refusal('node_failed', 'cancelled: nobody waited for it any more')
    case 'not-kept':
      throw new Refusal('conflict', 'it ran already, and its answer was too large to be kept')
    default:
      return unreachable(end)
  }
}
