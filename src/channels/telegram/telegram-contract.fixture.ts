/** For tests: Telegram as the contract of networks asks for it, fetched and by webhook. */
import { Secret } from '../../core/secret.ts'
import { contractRow, type Network, type Said } from '../contract.fixture.ts'
import { Deliveries } from '../hook-server.fixture.ts'
import { telegram } from './index.ts'
import { BOT, TelegramStandIn } from './telegram-stand-in.fixture.ts'

const ids = { anna: '1001', bela: '1002' } as const
const GROUP = -100_777
const HOOK_SECRET = 'telegram-hook-secret_'.repeat(2)
const MENTION = `@${BOT.username} `

const TOKEN = /no token: .*@BotFather/

export const fetched = contractRow({
  kind: telegram,
  name: 'telegram, fetched',
  groups: true,
  needs: { token: TOKEN },
  async stand() {
    const standIn = await TelegramStandIn.start()
    const network = { ...networkOf(standIn, () => undefined), owes: () => standIn.unconfirmed }
    return {
      network,
      settings: { token: new Secret(standIn.token), apiBase: standIn.apiBase },
    }
  },
})

export const hooked = contractRow({
  kind: telegram,
  name: 'telegram, by webhook',
  groups: true,
  needs: { token: TOKEN, webhookSecret: /webhookUrl without webhookSecret/ },
  async stand() {
    const standIn = await TelegramStandIn.start()
    const deliveries = new Deliveries()
    const at = { url: '' }
    const post = (update: object) =>
      fetch(at.url, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': HOOK_SECRET },
        body: JSON.stringify(update),
      })
    const network: Network = {
      ...networkOf(standIn, (update) => deliveries.add(() => post(update))),
      owes: () => deliveries.owed,
      hook: (url) => void (at.url = url),
      async stop() {
        deliveries.stop()
        await standIn.stop()
      },
    }
    return {
      network,
      settings: {
        token: new Secret(standIn.token),
        apiBase: standIn.apiBase,
        webhookUrl: 'https://claw.example',
        webhookSecret: new Secret(HOOK_SECRET),
      },
    }
  },
})

/** `updated`: something happened that Telegram tells us of. */
function networkOf(
  standIn: TelegramStandIn,
  updated: (update: object) => void,
): Omit<Network, 'owes'> {
  const from = (name: keyof typeof ids) => ({ id: Number(ids[name]), username: name })
  const bot = (user: object) =>
    standIn.say({ from: { id: 0 }, group: GROUP, ...addressed('beep'), more: { from: user } })
  return {
    ids,
    say({ from: name, text, group }: Said) {
      const words = text === null ? {} : group === 'to us' ? addressed(text) : { text }
      const place = group === undefined ? {} : { group: GROUP }
      const picture = text === null ? { more: { photo: [{ file_id: 'x' }] } } : {}
      const update = standIn.say({ from: from(name), ...words, ...place, ...picture })
      updated(update)
      const { message } = update as { message: { message_id: number; chat: { id: number } } }
      return `${message.chat.id}.${message.message_id}`
    },
    babble() {
      updated(bot(BOT))
      updated(bot({ id: 4343, is_bot: true, first_name: 'Other', username: 'other_bot' }))
    },
    press: (by) => {
      const shown = standIn.sent.flatMap(({ buttons }) => buttons).at(-1)
      updated(standIn.press(from(by), shown?.data ?? ''))
    },
    seen: () =>
      standIn.sent.map(({ chatId, text, buttons }) => ({
        to: chatId === ids.anna ? 'anna' : 'bela',
        text,
        buttons: buttons.map((button) => ({ label: button.text, data: button.data })),
      })),
    next(fate) {
      standIn.sendFails = () => {
        standIn.sendFails = () => null
        return FATES[fate]
      }
    },
    feel: (mood) => void (standIn.mood = mood),
    cut: () => standIn.drop(),
    hook: () => undefined,
    stop: () => standIn.stop(),
  }
}

/** A mention of us, as Telegram marks it. */
function addressed(text: string) {
  const entities = [{ type: 'mention', offset: 0, length: MENTION.length - 1 }]
  return { text: `${MENTION}${text}`, more: { entities } }
}

const FATES = {
  wait: failure(429, 'Too Many Requests: retry after 3', { parameters: { retry_after: 3 } }),
  blocked: failure(403, 'Forbidden: bot was blocked by the user'),
  broken: failure(502, 'Bad Gateway'),
}

function failure(status: number, description: string, more: object = {}) {
  return { status, body: { ok: false, error_code: status, description, ...more } }
}
