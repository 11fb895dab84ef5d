/** `agent`: sends a message and waits for the answer: `openclaw agent --message`, and REST with or without a stream. */
import type { z } from 'zod'
import type { Conversations } from '../agents/conversations.ts'
import type { Agent, RunEnd } from '../agents/types.ts'
import type { Run } from '../agents/run.ts'
import { unreachable } from '../core/never.ts'
import { agentInput } from './agent-input.ts'
import type { RunOperationPorts } from './chat-send.ts'
import { sessionOf, type ChosenSession } from './session-choice.ts'
import { submitMessage } from './submit-message.ts'
import { defineOperation, Refusal, type Call, type Operation } from './types.ts'

export interface AgentPorts extends RunOperationPorts {
  readonly conversations: Conversations
}

/** The wire's last word of a run (PROTOCOL 5.3). */
interface FinalPayload {
  readonly runId: string
  readonly sessionKey: string
  readonly status: 'ok' | 'aborted'
  readonly summary: 'completed' | 'aborted'
  readonly result: {
    readonly payloads: readonly { readonly text: string; readonly mediaUrl: null }[]
    readonly meta: object
  }
}

function restReply({ runId, sessionKey, result }: FinalPayload) {
  return { reply: result.payloads.map(({ text }) => text).join('\n'), sessionKey, runId }
}

type Asked = z.output<typeof agentInput>

export function agent(ports: AgentPorts): Operation {
  return defineOperation({
    name: 'agent',
    summary: 'Sends a message to an agent and answers with its reply.',
    requires: 'operator.write',
    changes: true,
    http: {
      method: 'POST',
      path: '/api/v1/agents/:agentId/messages',
      streams: true,
      reply: restReply,
    },
    websocket: true,
    input: agentInput,
    async run(asked, call) {
      const session = await chosenSession(asked, ports)
      const { run } = await submitMessage(ports.runs, session, asked, call)
      const end = await follow(run, call)
      return finalPayload(run, end, ports.agents().find(run.agentId)?.model ?? null)
    },
  })
}

/** The session's id, where it is given, must be that of the session that the key selects (R56). */
async function chosenSession(asked: Asked, ports: AgentPorts): Promise<ChosenSession> {
  const { sessionId, sessionKey, agentId, expectedExistingSessionId } = asked
  if (expectedExistingSessionId !== undefined) {
    const session = sessionOf(asked, ports.agents())
    const found = await ports.conversations.findBySessionId(expectedExistingSessionId)
    if (found?.sessionKey === session.sessionKey) return session
    throw new Refusal('invalid_input', 'expectedExistingSessionId is not the id of this session')
  }
  if (sessionId === undefined || sessionKey !== undefined) return sessionOf(asked, ports.agents())

  const found = await ports.conversations.findBySessionId(sessionId)
  if (found === null) throw new Refusal('invalid_input', 'no session has this sessionId')
  return sessionOf({ sessionKey: found.sessionKey, agentId }, ports.agents())
}

/** A caller that goes away only stops listening: the run goes on and its answer is kept. */
async function follow(run: Run, call: Call): Promise<RunEnd> {
  const { runId, sessionKey, agentId, acceptedAt } = run
  call.emit({
    kind: 'accepted',
    payload: { runId, sessionKey, agentId, status: 'accepted', acceptedAt },
  })
  const stopListening = run.onPiece((text) => call.emit({ kind: 'delta', text }))
  call.signal.addEventListener('abort', stopListening, { once: true })
  return run.ended.finally(stopListening)
}

function finalPayload(run: Run, end: RunEnd, model: Agent['model']): FinalPayload {
  switch (end.kind) {
    case 'failed': {
      const { why, detail } = end
      throw new Refusal(why === 'store' ? 'store_unavailable' : 'internal_error', detail)
    }
    case 'answered':
    case 'aborted': {
      const aborted = end.kind === 'aborted'
      const { runId, sessionKey, sessionId } = run
      return {
        runId,
        sessionKey,
        status: aborted ? 'aborted' : 'ok',
        summary: aborted ? 'aborted' : 'completed',
        result: {
          payloads: [{ text: end.text, mediaUrl: null }],
          meta: {
            durationMs: end.durationMs,
            agentMeta: {
              sessionId,
              provider: model?.provider ?? 'openclaw',
              model: model?.name ?? 'builtin',
            },
            aborted,
            stopReason: aborted ? 'aborted' : 'stop',
          },
        },
      }
    }
    default:
      return unreachable(end)
  }
}
