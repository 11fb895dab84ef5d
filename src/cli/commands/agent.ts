/** `openclaw agent --message`: says something to an agent and prints its answer. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { text } from '../arguments.ts'
import { printableLines, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

/** As long as a turn may take. */
const TURN_MS = 600_000
/** As the wire tells the end of a run (PROTOCOL 5.3). */
const endShape = z
  .looseObject({
    runId: z.string(),
    sessionKey: z.string(),
    result: z.looseObject({ payloads: z.array(z.looseObject({ text: z.string() })) }),
  })
  .transform(({ runId, sessionKey, result }) => ({
    reply: result.payloads.map(({ text }) => text).join('\n'),
    sessionKey,
    runId,
  }))

export const agent: Command = {
  name: 'agent',
  summary: 'Say something to an agent and print its answer.',
  arguments: [],
  options: [
    { flags: '--message <text>', description: 'what to say' },
    { flags: '--agent <id>', description: 'to whom (main)' },
    { flags: '--session <key>', description: 'in which conversation (the agent’s main one)' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    { line: 'openclaw agent --message "/help"', does: 'lists what the built-in agent understands' },
    {
      line: 'openclaw agent --message "/whoami" --json',
      does: 'the answer for scripts: { reply, sessionKey, runId }',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const message = text(args, 'message') ?? ''
  if (message.trim() === '') {
    problem(context, 'agent: what shall it be told? `openclaw agent --message "…"`')
    return EXIT.usage
  }
  const sessionKey = text(args, 'session')
  const params = {
    message,
    agentId: text(args, 'agent') ?? 'main',
    ...(sessionKey !== undefined && { sessionKey }),
    idempotencyKey: randomUUID(),
  }
  return showAnswer(
    {
      method: 'agent',
      params,
      twice: true,
      shape: endShape,
      timeoutMs: TURN_MS,
      show: ({ reply }, io) => io.stdout(`${printableLines(reply)}\n`),
    },
    args,
    context,
  )
}
