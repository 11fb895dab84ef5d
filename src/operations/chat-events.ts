/** Tells connected clients of runs: the events `chat` and `agent` of the wire (PROTOCOL 5.3). */
import type { RunEvent } from '../agents/types.ts'
import { unreachable } from '../core/never.ts'
import type { EventBus, GatewayEvent } from './types.ts'

/** What {@link Runs} publishes to. Both events of one step carry its number in the run. */
export function publishRuns(bus: EventBus): (event: RunEvent) => void {
  return (event) => {
    for (const wire of wireEvents(event)) bus.publish(wire)
  }
}

function wireEvents(event: RunEvent): readonly GatewayEvent[] {
  switch (event.kind) {
    case 'started':
      return [agentEvent(event, 'lifecycle', { phase: 'start', startedAt: event.at })]
    case 'delta':
      return [
        agentEvent(event, 'assistant', { text: event.text, delta: event.piece }),
        chatEvent(event, {
          state: 'delta',
          deltaText: event.piece,
          message: assistantMessage(event),
        }),
      ]
    case 'final':
      return [
        agentEvent(event, 'lifecycle', { phase: 'end', endedAt: event.at }),
        chatEvent(event, { state: 'final', message: assistantMessage(event), stopReason: 'stop' }),
      ]
    case 'aborted':
      return [
        agentEvent(event, 'lifecycle', { phase: 'end', endedAt: event.at, aborted: true }),
        chatEvent(event, {
          state: 'aborted',
          stopReason: 'aborted',
          ...(event.text === '' ? {} : { message: assistantMessage(event) }),
        }),
      ]
    case 'failed':
      return [
        agentEvent(event, 'lifecycle', {
          phase: 'error',
          endedAt: event.at,
          error: event.detail,
        }),
        chatEvent(event, { state: 'error', errorMessage: event.detail, errorKind: 'unknown' }),
      ]
    default:
      return unreachable(event)
  }
}

type ChatState =
  | { readonly state: 'delta'; readonly deltaText: string; readonly message: object }
  | { readonly state: 'final'; readonly message: object; readonly stopReason: 'stop' }
  | { readonly state: 'aborted'; readonly message?: object; readonly stopReason: 'aborted' }
  | { readonly state: 'error'; readonly errorMessage: string; readonly errorKind: 'unknown' }

function chatEvent(event: RunEvent, state: ChatState): GatewayEvent {
  const { runId, sessionKey, agentId, seq } = event
  return visible('chat', { runId, sessionKey, agentId, seq, ...state }, event)
}

/** The protocol's schema closes this object: where the run belongs stands in `data`. */
function agentEvent(event: RunEvent, stream: string, data: object): GatewayEvent {
  const { runId, sessionKey, agentId, sessionId, seq, at: ts } = event
  const payload = { runId, seq, stream, ts, data: { ...data, sessionKey, agentId, sessionId } }
  return visible('agent', payload, event)
}

function visible(
  event: string,
  payload: object,
  { kind, sessionKey: session }: RunEvent,
): GatewayEvent {
  return { event, payload, scope: 'operator.read', droppable: kind === 'delta', session }
}

/** Cumulative: a client that missed a delta is whole again with the next. */
function assistantMessage({ text, at }: { readonly text: string; readonly at: number }) {
  return { role: 'assistant', content: [{ type: 'text', text }], timestamp: at }
}
