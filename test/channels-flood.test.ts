/**
 * Many people over three networks at once, one of them failing half the time, and a kill in the middle: everybody who may
 * write is answered once for each message, and no stranger reaches an agent. `CHANNELS_FLOOD=all`: 10,000 messages of 500 people.
 */
import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { startDiscordStandIn } from '../src/channels/discord/discord-stand-in.fixture.ts'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  PHONE_NUMBER_ID,
  VERIFY_TOKEN,
  whatsappStandIn,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import { bearer, makeStateDir, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const ALL = process.env['CHANNELS_FLOOD'] === 'all'
const MESSAGES = ALL ? 10_000 : 300
const PEOPLE = ALL ? 500 : 30
const PATIENCE_MS = ALL ? 900_000 : 60_000
/** Sent in the last moments before a kill, and maybe again after it, where a network cannot tell a repetition. */
const MOMENT_MS = 250

interface Network {
  readonly name: string
  readonly say: (person: number, text: string) => void | Promise<void>
  /** To whom each message went, and when. */
  readonly sent: () => readonly { readonly to: string; readonly at: number }[]
  readonly addressOf: (person: number) => string
}

test(
  'everybody who may write is answered once for each message, and no stranger reaches an agent',
  { timeout: PATIENCE_MS * 2 },
  async () => {
    const token = 'discord-token'
    const [telegram, discord, whatsapp] = await Promise.all([
      TelegramStandIn.start(),
      startDiscordStandIn({ token }),
      whatsappStandIn(),
    ])
    const turns = new Map<string, number>()
    // Half of all that is sent there fails: each message once.
    telegram.sendFails = (chatId) => {
      const turn = (turns.get(chatId) ?? 0) + 1
      turns.set(chatId, turn)
      return turn % 2 === 1
        ? { status: 502, body: { ok: false, error_code: 502, description: 'Bad Gateway' } }
        : null
    }
    const running: { gateway: RunningGateway | null } = { gateway: null }
    const networks: readonly Network[] = [
      {
        name: 'telegram',
        say: (person, text) => void telegram.say({ from: { id: person }, text }),
        sent: times(telegram.sent, ({ chatId }) => chatId),
        addressOf: String,
      },
      {
        name: 'discord',
        say: (person, text) =>
          void discord.say({
            from: { id: snowflake(person), username: `user${person}` },
            channelId: snowflake(person),
            text,
          }),
        sent: times(discord.sent, ({ channelId }) => channelId),
        addressOf: snowflake,
      },
      {
        name: 'whatsapp',
        say: (person, text) => deliver(person, text),
        sent: times(whatsapp.sent, ({ to }) => to),
        addressOf: String,
      },
    ]
    const numbers = { next: 1 }
    /** As WhatsApp does: again until it is taken. */
    async function deliver(person: number, text: string): Promise<void> {
      const message = { from: String(person), text, id: `wamid.${numbers.next++}` }
      for (;;) {
        const hook = `http://127.0.0.1:${running.gateway?.port}/webhooks/whatsapp/default`
        const tries = await whatsapp.deliver(hook, message).catch(() => 0)
        if (tries > 0) return
        await pause(50)
      }
    }
    const people = Array.from({ length: PEOPLE }, (_, index) => 5_000_001 + index)
    const strangers = people.map((person) => person + 1_000_000).slice(0, PEOPLE / 10)
    const dir = makeStateDir({
      config: {
        gateway: { auth: { mode: 'token', token: TOKEN } },
        session: { dmScope: 'per-channel-peer' },
        channels: {
          telegram: { token: telegram.token, apiBase: telegram.apiBase, allowFrom: people },
          discord: { token, apiBase: discord.apiBase, allowFrom: people.map(snowflake) },
          whatsapp: {
            token: ACCESS_TOKEN,
            apiBase: whatsapp.base,
            phoneNumberId: PHONE_NUMBER_ID,
            appSecret: APP_SECRET,
            verifyToken: VERIFY_TOKEN,
            allowFrom: people.map((person) => `+${person}`),
          },
        },
      },
    })
    const expected = new Map<string, number>()
    try {
      running.gateway = await startGateway({ dir })
      // Discord keeps nothing for whoever was never there.
      await eachAccount(running.gateway, ({ connected }) => expect(connected).toBe(true))
      const delivering: Promise<void>[] = []
      const killed = { at: 0 }
      for (let n = 0; n < MESSAGES; n += 1) {
        const network = networks[n % 3]
        const person = people[Math.floor(n / 3) % PEOPLE] ?? 0
        if (network === undefined) continue
        const key = `${network.name} ${network.addressOf(person)}`
        expected.set(key, (expected.get(key) ?? 0) + 1)
        delivering.push(Promise.resolve(network.say(person, `message ${n}`)))
        const stranger = strangers[n % strangers.length] ?? 0
        if (n % 10 === 0) delivering.push(Promise.resolve(network.say(stranger, 'let me in')))
        if (n % 50 === 49) await pause(20)
        if (n === Math.floor(MESSAGES / 2)) {
          await vi.waitFor(() => expect(total(networks)).toBeGreaterThan(PEOPLE / 3), 20_000)
          killed.at = performance.now()
          await running.gateway.stop('SIGKILL')
          running.gateway = await startGateway({ dir })
        }
      }
      await Promise.all(delivering)
      const memory: number[] = []
      const missing = () =>
        [...expected].filter(([key, count]) => answersOf(networks, key).length < count)
      const { gateway } = running
      await vi.waitFor(
        () => {
          memory.push(rssMiB(gateway))
          expect(missing()).toEqual([])
        },
        { timeout: PATIENCE_MS, interval: 200 },
      )
      await eachAccount(running.gateway, ({ waiting }) => expect(waiting).toBe(0))

      const extra = [...expected].flatMap(([key, count]) => {
        const answers = answersOf(networks, key)
        return answers.length > count ? [{ key, answers, more: answers.length - count }] : []
      })
      // Only what was under way at the kill, and never where the network can tell a repetition.
      for (const { key, answers, more } of extra) {
        expect(key).not.toMatch(/^discord/)
        const doubtful = answers.filter((at) => Math.abs(at - killed.at) < MOMENT_MS)
        expect(more).toBeLessThanOrEqual(doubtful.length)
      }
      const sessions = await running.gateway.ask({
        path: '/api/v1/sessions?limit=1000',
        headers: bearer(TOKEN),
      })
      for (const stranger of strangers)
        for (const id of [String(stranger), snowflake(stranger)])
          expect(sessions.text).not.toContain(`:dm:${id}`)
      // What it takes is taken for what waits, and given back: the second half of the answers needs no more than the first.
      const half = Math.ceil(memory.length / 2)
      const [first, last] = [memory.slice(0, half), memory.slice(half)].map((part) =>
        Math.max(...part),
      )
      console.log(
        `${MESSAGES} messages, ${extra.length} conversations with a repetition; at most ${first} MiB, then ${last} MiB`,
      )
      if (ALL) expect(last).toBeLessThan((first ?? 0) * 1.25)
    } finally {
      await running.gateway?.stop('SIGKILL')
      await Promise.all([telegram.stop(), discord.stop(), whatsapp.stop()])
      rmSync(dir, { recursive: true, force: true })
    }
  },
)

function snowflake(person: number): string {
  return `1000000000${person}`
}

/** A stand-in's list, with the moments in which it grew. */
function times<One>(list: One[], to: (one: One) => string): Network['sent'] {
  const seen: { to: string; at: number }[] = []
  const push = list.push.bind(list)
  list.push = (...ones) => {
    for (const one of ones) seen.push({ to: to(one), at: performance.now() })
    return push(...ones)
  }
  return () => seen
}

function answersOf(networks: readonly Network[], key: string): readonly number[] {
  const [name, address] = key.split(' ')
  const network = networks.find((one) => one.name === name)
  return (network?.sent() ?? []).filter(({ to }) => to === address).map(({ at }) => at)
}

function total(networks: readonly Network[]): number {
  return networks.reduce((sum, { sent }) => sum + sent().length, 0)
}

interface Account {
  readonly connected: boolean
  readonly waiting: number
}

async function eachAccount(
  gateway: RunningGateway,
  check: (account: Account) => void,
): Promise<void> {
  await vi.waitFor(
    async () => {
      const { json } = await gateway.ask({ path: '/api/v1/channels', headers: bearer(TOKEN) })
      const { channelAccounts } = Object(json)
      for (const accounts of Object.values<Account[]>(channelAccounts)) accounts.forEach(check)
    },
    { timeout: PATIENCE_MS, interval: 200 },
  )
}

function rssMiB({ child }: RunningGateway): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
}
