/** For tests of lessons about people on chat networks: one gateway on Telegram, its owner, a stranger and a group. */
import { expect, onTestFinished } from 'vitest'
import {
  BOT,
  TelegramStandIn,
  type Words,
} from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { channelGateway, rest, waitFor } from './channels.fixture.ts'
import type { RunningGateway } from './gateway.ts'

export const NICK = { id: 1001, username: 'nick', name: 'Nick' }
export const OWNER = { id: 7, username: 'boss' }
type Person = Words['from']
export const GROUP = -100_777
const MENTION = `@${BOT.username} `

export async function telegram(settings: object = {}, more: object = {}) {
  const network = await TelegramStandIn.start()
  onTestFinished(() => network.stop())
  const own = { token: network.token, apiBase: network.apiBase, ...settings }
  const { dir, start } = channelGateway({ telegram: own }, more)
  const gateway = await start()
  const to = (chat: number) => network.sent.filter(({ chatId }) => chatId === String(chat))
  /** Says something and waits for the next answer in that chat. */
  const turn = async (from: Person, text: string, more: object = {}) => {
    const before = to(from.id).length
    network.say({ from, text, more })
    await waitFor(() => expect(to(from.id)).toHaveLength(before + 1))
    return to(from.id).at(-1)?.text ?? ''
  }
  /** In a group, to us. */
  const tell = (from: Person, text: string, group = GROUP) => {
    const entities = [{ type: 'mention', offset: 0, length: MENTION.length - 1 }]
    network.say({ from, group, text: `${MENTION}${text}`, more: { entities } })
  }
  /** Whatever came before this was heard by then, or never will be. */
  const heardAll = () => turn(OWNER, '/whoami')
  return { network, dir, gateway, to, turn, tell, heardAll }
}

export const owner = { commands: { ownerAllowFrom: ['telegram:7'] } }

export async function senders(gateway: RunningGateway) {
  const { json } = await rest(gateway, 'GET /senders')
  return json as {
    readonly requests: { senderId: string; code: string; requestId: string }[]
    approved: object[]
  }
}

export async function keyWith(
  gateway: RunningGateway,
  permissions: readonly string[],
): Promise<string> {
  const { json } = await rest(gateway, 'POST /api-keys', {
    name: permissions.join('-'),
    permissions,
  })
  expect(json.key).toMatch(/./)
  return json.key
}

export const KEYS = { security: { apiKeys: { enabled: true } } }

/** Into the conversation that everybody shares, by whoever holds the key. */
export async function saysByApi(gateway: RunningGateway, message: string, key: string) {
  const sent = { message, idempotencyKey: message }
  const { status } = await rest(gateway, 'POST /sessions/main/messages', sent, key)
  expect(status).toBe(200)
}
