/** The parameters of `agent`, as the protocol has them (`AgentParams`). */
import { z } from 'zod'
import { MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import { MAX_IDEMPOTENCY_KEY_LENGTH } from './submit-message.ts'

const text = z.string().max(4096)
const name = z.string().min(1).max(512)

/** What the message is, and where it goes. */
const USED = {
  message: z.string().min(1),
  agentId: z.string().min(1).max(512).optional(),
  sessionKey: z.string().max(MAX_SESSION_KEY_LENGTH).optional(),
  sessionId: text.optional(),
  expectedExistingSessionId: name.optional(),
  attachments: z.array(z.unknown()).optional(),
  /** The wire requires it; over REST one is made. */
  idempotencyKey: z.string().min(1).max(MAX_IDEMPOTENCY_KEY_LENGTH).optional(),
}

/** Real clients send these; this gateway has no feature for them, and what they claim changes nothing (R07). */
const LEFT_ALONE = {
  provider: text.optional(),
  model: text.optional(),
  to: text.optional(),
  replyTo: text.optional(),
  thinking: text.optional(),
  deliver: z.boolean().optional(),
  channel: text.optional(),
  replyChannel: text.optional(),
  accountId: text.optional(),
  replyAccountId: text.optional(),
  threadId: text.optional(),
  groupId: text.optional(),
  groupChannel: text.optional(),
  groupSpace: text.optional(),
  timeout: z.int().min(0).optional(),
  bestEffortDeliver: z.boolean().optional(),
  lane: text.optional(),
  cwd: z.string().min(1).max(4096).optional(),
  cleanupBundleMcpOnRunEnd: z.boolean().optional(),
  modelRun: z.boolean().optional(),
  promptMode: z.enum(['full', 'minimal', 'none']).optional(),
  extraSystemPrompt: z.string().optional(),
  bootstrapContextMode: z.enum(['full', 'lightweight']).optional(),
  bootstrapContextRunKind: z.enum(['default', 'heartbeat', 'cron']).optional(),
  acpTurnSource: z.literal('manual_spawn').optional(),
  internalRuntimeHandoffId: name.optional(),
  internalExecutionIdentityRetry: z.boolean().optional(),
  internalExecutionIdentityRecoveryAttempt: z.int().min(1).optional(),
  execApprovalFollowupExpectedSessionId: name.optional(),
  internalEvents: z.array(z.unknown()).optional(),
  inputProvenance: z.unknown().optional(),
  suppressPromptPersistence: z.boolean().optional(),
  sessionEffects: z.enum(['visible', 'internal']).optional(),
  sourceReplyDeliveryMode: z.enum(['automatic', 'message_tool_only']).optional(),
  disableMessageTool: z.boolean().optional(),
  swarmCollector: z.boolean().optional(),
  swarmOutputSchema: z.unknown().optional(),
  forceRestartSafeTools: z.boolean().optional(),
  forceCodeModeTools: z.boolean().optional(),
  voiceWakeTrigger: text.optional(),
  label: name.optional(),
}

export const agentInput = z.strictObject({ ...USED, ...LEFT_ALONE })
