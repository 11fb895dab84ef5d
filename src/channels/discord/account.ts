/** One bot on Discord, open: listens to its gateway, sends, and says who it is. */
import type { GatewayDispatchPayload } from '@discordjs/core/http-only'
import type { AccountRef } from '../../senders/types.ts'
import type { AccountPorts, ChannelAccount, ChannelLimits, Receiver } from '../types.ts'
import { problemIn } from './errors.ts'
import { identifyTurns } from './identify.ts'
import type { DiscordSettings } from './index.ts'
import { listen } from './listen.ts'
import { namesOf, parseEvent, type ParsedEvent } from './parse.ts'
import { answerPress } from './press.ts'
import { askDiscord } from './rest.ts'
import { editMessage, isId, sendMessage } from './send.ts'
import { Session } from './session.ts'

/**
 * 50 requests a second are documented (https://discord.com/developers/docs/topics/rate-limits), and typing and buttons need
 * some. One conversation takes 5 messages in 5 seconds: whoever sends them at once waits longer afterwards.
 */
const LIMITS: ChannelLimits = {
  text: 2_000,
  perSecond: 40,
  betweenMs: 1_000,
  groupBetweenMs: 1_000,
  typingMs: 10_000,
}

export function openDiscord(
  ref: AccountRef,
  settings: DiscordSettings,
  { cursor, warn }: AccountPorts,
): ChannelAccount {
  const ask = askDiscord(settings)
  const identifyTurn = identifyTurns()
  const whoAmI = (signal: AbortSignal) =>
    ask(({ users }, stop) => users.getCurrent({ signal: stop }), signal)
  return {
    ref,
    limits: LIMITS,
    async run(receiver, signal) {
      try {
        const { id: botId } = await whoAmI(signal)
        const parsed = (event: GatewayDispatchPayload): ParsedEvent => {
          try {
            return parseEvent(event, botId)
          } catch {
            // Asked for again it would be no clearer.
            warn(`discord (${ref.account}): an event makes no sense, and was left out`)
            return { kind: 'none' }
          }
        }
        await listen(
          {
            token: settings.token?.reveal() ?? '',
            session: new Session(botId, cursor, (problem) =>
              warn(`discord (${ref.account}): ${problem}`),
            ),
            gateway: () => ask(({ gateway }, stop) => gateway.getBot({ signal: stop }), signal),
            identifyTurn,
            live: () => receiver.connected(),
            take: (event) => take(parsed(event), receiver),
          },
          signal,
        )
      } catch (error) {
        if (!signal.aborted) throw problemIn(error)
      }

      function take(event: ParsedEvent, receiver: Receiver): Promise<void> | null {
        if (event.kind === 'none') return null
        if (event.kind === 'message') return receiver.message(event.incoming)
        return answerPress(ask, event.reply, receiver.press(event.press), signal)
      }
    },
    send: (message, signal) => sendMessage(ask, message, signal),
    edit: (messageId, message, signal) => editMessage(ask, messageId, { message, signal }),
    async typing({ id }, signal) {
      if (!isId(id)) return
      await ask(({ channels }, stop) => channels.showTyping(id, { signal: stop }), signal).catch(
        () => undefined,
      )
    },
    async probe(signal) {
      try {
        const bot = await whoAmI(signal)
        return { ok: true, name: `@${namesOf(bot).at(-1)}`, problem: null }
      } catch (error) {
        return { ok: false, name: null, problem: problemIn(error).message }
      }
    },
  }
}
