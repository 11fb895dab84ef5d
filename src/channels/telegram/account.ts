/** One bot on Telegram, open: receives by polling or webhook, sends, and says who it is. */
import { Api } from 'grammy'
import type { Update } from 'grammy/types'
import type { AccountRef } from '../../senders/types.ts'
import { ChannelProblem } from '../kind.ts'
import { pause } from '../backoff.ts'
import type {
  AccountPorts,
  ChannelAccount,
  ChannelLimits,
  HookRequest,
  Outgoing,
  Receiver,
  Sent,
} from '../types.ts'
import { isUnchanged, problemIn, sentOr } from './errors.ts'
import { hookTelegram } from './hook.ts'
import type { TelegramSettings } from './index.ts'
import { parseUpdate, UPDATES, type Bot, type ParsedUpdate } from './parse.ts'

/** https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const LIMITS: ChannelLimits = {
  text: 4_096,
  perSecond: 30,
  betweenMs: 1_000,
  groupBetweenMs: 3_000,
  typingMs: 5_000,
}
const POLL_SECONDS = 30

export function openTelegram(
  ref: AccountRef,
  { token, apiBase, webhookUrl, webhookSecret }: TelegramSettings,
  { warn }: AccountPorts,
): ChannelAccount {
  const api = new Api(token?.reveal() ?? '', {
    ...(apiBase !== undefined && { apiRoot: apiBase.replace(/\/$/, '') }),
    timeoutSeconds: POLL_SECONDS + 15,
  })
  const hooked =
    webhookUrl === undefined || webhookSecret === undefined
      ? null
      : { url: webhookUrl, secret: webhookSecret }
  const known: { bot: Bot | null } = { bot: null }
  const whoAmI = async (signal: AbortSignal): Promise<Bot> => {
    const { id, username } = await api.getMe(asSignal(signal))
    return { id, username }
  }
  const take = async (
    update: Update,
    { bot, receiver, signal }: { bot: Bot; receiver: Receiver; signal: AbortSignal },
  ): Promise<void> => {
    const parsed = parsedOr(update, bot, () =>
      warn(`telegram (${ref.account}): an update makes no sense, and was left out`),
    )
    if (parsed.kind === 'message') return receiver.message(parsed.incoming)
    if (parsed.kind === 'none') return
    const text = await receiver.press(parsed.press)
    // The button stops spinning; that it did not is no reason to press it again.
    await api
      .answerCallbackQuery(
        parsed.press.pressId,
        text === null ? {} : { text: text.slice(0, 200) },
        asSignal(signal),
      )
      .catch(() => undefined)
  }
  return {
    ref,
    limits: LIMITS,
    async run(receiver, signal) {
      try {
        const bot = await whoAmI(signal)
        known.bot = bot
        if (hooked !== null) {
          await api.setWebhook(
            hookAddress(hooked.url, ref),
            { secret_token: hooked.secret.reveal(), allowed_updates: [...UPDATES] },
            asSignal(signal),
          )
          receiver.connected()
          while (!signal.aborted) await pause(60_000, signal)
          return
        }
        await api.deleteWebhook({ drop_pending_updates: false }, asSignal(signal))
        const taking = { bot, receiver, signal }
        await poll(api, (update) => take(update, taking), receiver, signal)
      } catch (error) {
        if (!signal.aborted) throw problemIn(error)
      }
    },
    send: (message, signal) => send(api, message, signal),
    edit: (messageId, message, signal) => edit(api, messageId, { message, signal }),
    async typing({ id }, signal) {
      await api.sendChatAction(id, 'typing', {}, asSignal(signal)).catch(() => undefined)
    },
    async probe(signal) {
      try {
        return { ok: true, name: `@${(await whoAmI(signal)).username}`, problem: null }
      } catch (error) {
        return { ok: false, name: null, problem: problemIn(error).message }
      }
    },
    ...(hooked !== null && {
      hook: (request: HookRequest, receiver: Receiver) =>
        hookTelegram(request, hooked.secret, async (update) => {
          // Telegram waits for the answer, and delivers again what took too long.
          const signal = AbortSignal.timeout(5_000)
          known.bot ??= await whoAmI(signal)
          await take(update, { bot: known.bot, receiver, signal })
        }),
    }),
  }
}

/** Asked for again it would be no clearer, and nothing behind it would ever be heard. */
function parsedOr(update: Update, bot: Bot, leftOut: () => void): ParsedUpdate {
  try {
    return parseUpdate(update, bot)
  } catch {
    leftOut()
    return { kind: 'none' }
  }
}

/** Telegram forgets updates once a later one is asked for: only then are they kept here. */
async function poll(
  api: Api,
  take: (update: Update) => Promise<void>,
  { connected }: Receiver,
  signal: AbortSignal,
): Promise<void> {
  let offset = 0
  let first = true
  while (!signal.aborted) {
    const updates = await api.getUpdates(
      // The first answer comes at once: it says that we are connected.
      { offset, limit: 100, timeout: first ? 0 : POLL_SECONDS, allowed_updates: [...UPDATES] },
      asSignal(signal),
    )
    if (first) connected()
    first = false
    const taken = await Promise.allSettled(updates.map(take))
    if (taken.some(({ status }) => status === 'rejected'))
      throw new ChannelProblem('messages cannot be kept: see the log about the store')
    const last = updates.at(-1)
    if (last !== undefined) offset = last.update_id + 1
  }
}

async function send(
  api: Api,
  { to, text, replyTo, buttons }: Outgoing,
  signal: AbortSignal,
): Promise<Sent> {
  const answered = replyTo === null ? null : Number(replyTo.split('.')[1])
  return sentOr(async () => {
    const { message_id: id } = await api.sendMessage(
      to.id,
      text,
      {
        link_preview_options: { is_disabled: true },
        ...(answered !== null && {
          reply_parameters: { message_id: answered, allow_sending_without_reply: true },
        }),
        ...(buttons.length > 0 && {
          reply_markup: {
            inline_keyboard: [
              buttons.map(({ label, data }) => ({ text: label, callback_data: data })),
            ],
          },
        }),
      },
      asSignal(signal),
    )
    return `${to.id}.${id}`
  })
}

/** A message that says so already is one that was changed: Telegram calls it an error. */
async function edit(
  api: Api,
  messageId: string,
  { message: { to, text }, signal }: { readonly message: Outgoing; readonly signal: AbortSignal },
): Promise<Sent> {
  return sentOr(async () => {
    const [, number] = messageId.split('.')
    const options = { link_preview_options: { is_disabled: true } }
    await api
      .editMessageText(to.id, Number(number), text, options, asSignal(signal))
      .catch((error: unknown) => {
        if (!isUnchanged(error)) throw error
      })
    return messageId
  })
}

/** Where the operator named only a host, the path is ours. */
function hookAddress(webhookUrl: string, { account }: AccountRef): string {
  const url = new URL(webhookUrl)
  if (url.pathname === '/') url.pathname = `/webhooks/telegram/${account}`
  return url.href
}

/** grammY declares the signal of a package of its own; Node's is one. */
function asSignal(signal: AbortSignal): Parameters<Api['getMe']>[0] {
  return signal as Parameters<Api['getMe']>[0]
}
