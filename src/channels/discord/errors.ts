/**
 * What Discord's refusals mean: wait, try again, or never. Said in our words, with its numbers to look up: what it
 * answered may repeat what it was sent.
 */
import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest'
import { GatewayCloseCodes } from '@discordjs/core/http-only'
import { ChannelProblem } from '../kind.ts'
import type { Sent } from '../types.ts'

const PORTAL = 'https://discord.com/developers/applications'
const BAD_TOKEN = `Discord does not know this token: make a new one under Bot at ${PORTAL} and set \`token\``

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const REFUSALS: Readonly<Record<number, string>> = {
  10003: 'the channel is gone',
  10008: 'the message is gone',
  50001: 'the bot cannot see the channel',
  50007: 'the person takes no messages from this bot',
  50013: 'the bot may not write in the channel',
}

/** Closes after which connecting again changes nothing, until the operator does something. */
const CLOSES: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: BAD_TOKEN,
  [GatewayCloseCodes.InvalidShard]: 'Discord does not take the shard of this connection (4010)',
  [GatewayCloseCodes.ShardingRequired]:
    'the bot is in more servers than one connection serves (4011): remove it from some',
  [GatewayCloseCodes.InvalidAPIVersion]:
    'Discord serves this version of its interface no more (4012)',
  [GatewayCloseCodes.InvalidIntents]: 'Discord does not know what this connection asks for (4013)',
  [GatewayCloseCodes.DisallowedIntents]: `Discord does not let this bot read messages (4014): switch on “Message Content Intent” under Bot at ${PORTAL}`,
}

/** `null`: the connection may be made again. */
export function problemOfClose(code: number | null): ChannelProblem | null {
  const words = code === null ? undefined : CLOSES[code]
  return words === undefined ? null : new ChannelProblem(words)
}

export function problemIn(error: unknown): ChannelProblem {
  if (error instanceof ChannelProblem) return error
  if (error instanceof RateLimitError) return new ChannelProblem('Discord says to wait')
  if (error instanceof HTTPError)
    return new ChannelProblem(`Discord is out of order (${error.status})`)
  if (!(error instanceof DiscordAPIError)) return new ChannelProblem('Discord cannot be reached')
  if (error.status === 401) return new ChannelProblem(BAD_TOKEN)
  const why = REFUSALS[Number(error.code)]
  const numbers = isDiscords(error) ? `${error.status}, ${error.code}` : `${error.status}`
  return new ChannelProblem(`Discord refused (${numbers})${why === undefined ? '' : `: ${why}`}`)
}

/** `run` returns the id of the message that was sent. */
export async function sentOr(run: () => Promise<string>): Promise<Sent> {
  try {
    return { kind: 'sent', messageId: await run() }
  } catch (error) {
    const problem = problemIn(error).message
    if (error instanceof RateLimitError)
      return { kind: 'later', afterMs: error.retryAfter > 0 ? error.retryAfter : null, problem }
    // The token may be put right, and the network come back; a person who blocked us does not change by trying.
    return error instanceof DiscordAPIError && isLasting(error)
      ? { kind: 'refused', problem }
      : { kind: 'later', afterMs: null, problem }
  }
}

function isLasting(error: DiscordAPIError): boolean {
  return [400, 403, 404].includes(error.status) && isDiscords(error)
}

/** What stands before Discord refuses too, for a while, and gives no code. */
function isDiscords({ code }: DiscordAPIError): boolean {
  return typeof code === 'number'
}
