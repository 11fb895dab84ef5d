/** `chat.send`: puts a message into a conversation; the answer comes as events. */
import { z } from 'zod'
import type { Agents } from '../agents/index.ts'
import type { Run } from '../agents/run.ts'
import type { Principal } from '../access/types.ts'
import type { Runs } from '../agents/runs.ts'
import { MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import type { SenderAdmission } from '../senders/admit.ts'
import { conversationOf } from './session-choice.ts'
import { MAX_IDEMPOTENCY_KEY_LENGTH, submitMessage } from './submit-message.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface RunOperationPorts {
  readonly runs: Runs
  readonly agents: () => Agents
}

export interface ChatSendPorts extends RunOperationPorts {
  /** As `channels.webchat` is now. */
  readonly admitVisitor: (principal: Principal) => SenderAdmission
}

const text = z.string().max(4096)
const name = z.string().min(1).max(512)

/** As the protocol has it; what this gateway has no feature for is taken and left alone. */
const input = z.strictObject({
  /** A web chat may leave it out. */
  sessionKey: z.string().min(1).max(MAX_SESSION_KEY_LENGTH).optional(),
  message: z.string(),
  idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
  agentId: name.optional(),
  attachments: z.array(z.unknown()).optional(),
  sessionId: name.optional(),
  intent: z.unknown().optional(),
  thinking: text.optional(),
  fastMode: z.union([z.boolean(), z.literal('auto')]).optional(),
  fastAutoOnSeconds: z.int().min(1).optional(),
  queueMode: z.enum(['steer', 'followup', 'collect', 'interrupt']).optional(),
  deliver: z.boolean().optional(),
  originatingChannel: text.optional(),
  originatingTo: text.optional(),
  originatingAccountId: text.optional(),
  originatingThreadId: text.optional(),
  replyToId: name.optional(),
  toolBindings: z.unknown().optional(),
  timeoutMs: z.int().min(0).optional(),
  systemInputProvenance: z.unknown().optional(),
  systemProvenanceReceipt: text.optional(),
  suppressCommandInterpretation: z.boolean().optional(),
  expectedLeafEntryId: z.union([name, z.null()]).optional(),
  expectedSessionRoutingContract: name.optional(),
  expectedPermissionMode: z.unknown().optional(),
  expectedToolOverrides: z.unknown().optional(),
})

export function chatSend({ runs, agents, admitVisitor }: ChatSendPorts): Operation {
  return defineOperation({
    name: 'chat.send',
    summary: 'Sends a message into a session. The answer comes as `chat` events.',
    requires: 'operator.write',
    webchat: true,
    changes: true,
    http: { method: 'POST', path: '/api/v1/sessions/:sessionKey/messages' },
    websocket: true,
    input,
    async run(asked, call) {
      if (call.principal.role === 'webchat') heard(admitVisitor(call.principal))
      const session = conversationOf(asked, agents(), call.principal)
      const { run, repeated } = await submitMessage(runs, session, asked, call)
      return { runId: run.runId, status: repeated ? statusOf(run) : 'started' }
    },
  })
}

/** Throws where the owner lets this visitor write to nobody. */
function heard(admission: SenderAdmission): void {
  if (admission.kind === 'allowed') return
  const reason = admission.kind === 'denied' ? admission.reason : 'sender_not_allowed'
  throw new Refusal(reason, 'nobody reads what you write here: ask the owner of the gateway')
}

/** Of a run that an earlier call made. */
function statusOf({ end }: Run): 'in_flight' | 'ok' | 'aborted' | 'error' {
  if (end === null) return 'in_flight'
  if (end.kind === 'answered') return 'ok'
  return end.kind === 'aborted' ? 'aborted' : 'error'
}
