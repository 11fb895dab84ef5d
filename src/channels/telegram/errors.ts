/**
 * What Telegram's refusals mean: wait, try again, or never. Said in our words, with its number to look up: what it
 * answered may repeat what it was sent.
 */
import { GrammyError } from 'grammy'
import { ChannelProblem } from '../kind.ts'
import type { Sent } from '../types.ts'

export function problemIn(error: unknown): ChannelProblem {
  if (error instanceof ChannelProblem) return error
  if (!(error instanceof GrammyError)) return new ChannelProblem('Telegram cannot be reached')
  const { error_code: code } = error
  if (code === 401 || code === 404)
    return new ChannelProblem('Telegram does not know this token: make one with @BotFather')
  if (code === 409)
    return new ChannelProblem('another program fetches the messages of this bot: stop it')
  return new ChannelProblem(`Telegram said ${code}: ${meaning(code)}`)
}

function meaning(code: number): string {
  if (code === 400) return 'it does not take this, or the chat is gone'
  if (code === 403) return 'the person or the group takes no messages from this bot'
  if (code === 429) return 'too many messages: wait'
  return code >= 500 ? 'it is out of order' : 'it refused'
}

export function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && error.description.includes('message is not modified')
}

/** `run` returns the id of the message that was sent. */
export async function sentOr(run: () => Promise<string>): Promise<Sent> {
  try {
    return { kind: 'sent', messageId: await run() }
  } catch (error) {
    const problem = problemIn(error).message
    if (!(error instanceof GrammyError)) return { kind: 'later', afterMs: null, problem }
    const { error_code: code, parameters } = error
    if (code === 429) {
      const seconds = parameters.retry_after ?? 1
      return { kind: 'later', afterMs: seconds * 1_000, problem }
    }
    // The token may be put right, and the network come back; a person who blocked us does not change by trying.
    const lasting = code === 400 || code === 403
    return lasting ? { kind: 'refused', problem } : { kind: 'later', afterMs: null, problem }
  }
}
