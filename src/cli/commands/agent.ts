/** `openclaw agent --message`: says something to an agent and prints its answer. */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { printableLines, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

/** As long as a turn may take. */
const TURN_MS = 600_000
const replyShape = z.looseObject({ reply: z.string(), sessionKey: z.string() })

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
      does: 'the answer for scripts: { reply, sessionKey }',
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
  const session = text(args, 'session')
  const path = `/api/v1/agents/${encodeURIComponent(text(args, 'agent') ?? 'main')}/messages`
  const body = { message, ...(session !== undefined && { sessionKey: session }) }
  return showAnswer(
    {
      method: 'POST',
      path,
      body,
      shape: replyShape,
      timeoutMs: TURN_MS,
      show: ({ reply }, io) => io.stdout(`${printableLines(reply)}\n`),
    },
    args,
    context,
  )
}
