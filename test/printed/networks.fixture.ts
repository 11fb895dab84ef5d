/** A gateway with printed configuration, on stand-ins of the three networks: what people there hear. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { parse } from 'yaml'
import { startDiscordStandIn } from '../../src/channels/discord/discord-stand-in.fixture.ts'
import { TelegramStandIn } from '../../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  PHONE_NUMBER_ID,
  VERIFY_TOKEN,
  whatsappStandIn,
} from '../../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import { end, freePort, openShell } from './shell.fixture.ts'

const DISCORD_TOKEN = 'discord-stand-in-token'
const WAIT = { timeout: 10_000, interval: 20 }

export interface Person {
  readonly network: 'telegram' | 'telegram second' | 'discord' | 'whatsapp'
  readonly id: string
  /** Discord's, old style: `user#1234`. */
  readonly name?: string
}

type Tree = Readonly<Record<string, object | undefined>>

/** `text`: the file as it is printed, without the accounts, which are added. `lines`: typed before the start. */
export async function openNetworks(text: string, lines: readonly string[] = []) {
  const shell = openShell()
  const telegram = await TelegramStandIn.start()
  const second = await TelegramStandIn.start('4243:second-token')
  const discord = await startDiscordStandIn({ token: DISCORD_TOKEN })
  const whatsapp = await whatsappStandIn()
  const port = await freePort()
  const { channels = {}, ...rest } = (parse(text) ?? {}) as { readonly channels?: Tree }
  const accounts = { second: { token: second.token, apiBase: second.apiBase } }
  const config = {
    ...rest,
    gateway: { port: Number(port) },
    channels: {
      telegram: {
        token: telegram.token,
        apiBase: telegram.apiBase,
        accounts,
        ...channels['telegram'],
      },
      discord: { token: DISCORD_TOKEN, apiBase: discord.apiBase, ...channels['discord'] },
      whatsapp: {
        token: ACCESS_TOKEN,
        apiBase: whatsapp.base,
        phoneNumberId: PHONE_NUMBER_ID,
        appSecret: APP_SECRET,
        verifyToken: VERIFY_TOKEN,
        ...channels['whatsapp'],
      },
    },
  }
  mkdirSync(shell.stateDir, { mode: 0o700 })
  const file = join(shell.stateDir, 'openclaw.json')
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  for (const line of lines) expect(await shell.type(line)).toMatchObject({ code: 0 })
  const gateway = await shell.begin('openclaw gateway', /listens on http:/)
  await vi.waitFor(async () => {
    const { output } = await shell.type('openclaw channels status')
    expect(output.match(/ connected /g)).toHaveLength(4)
  }, WAIT)

  const hook = `http://127.0.0.1:${port}/webhooks/whatsapp/default`
  /** What was said there, and to whom, in order. */
  const said: Readonly<Record<Person['network'], () => readonly (readonly string[])[]>> = {
    telegram: () => telegram.sent.map(({ chatId, text: words }) => [chatId, words]),
    'telegram second': () => second.sent.map(({ chatId, text: words }) => [chatId, words]),
    discord: () => discord.sent.map(({ channelId, content }) => [channelId, content]),
    whatsapp: () => whatsapp.sent.map((one) => [one.to, one.text?.body ?? '']),
  }
  const heardBy = ({ network, id }: Person): readonly string[] =>
    said[network]().flatMap(([whom, words = '']) => (whom === id ? [words] : []))
  const says: Readonly<Record<Person['network'], (person: Person, words: string) => unknown>> = {
    telegram: ({ id }, words) => telegram.say({ from: { id: Number(id) }, text: words }),
    'telegram second': ({ id }, words) => second.say({ from: { id: Number(id) }, text: words }),
    discord: ({ id, name = `user${id}` }, words) => {
      const [username = '', discriminator = '0'] = name.split('#')
      return discord.say({ from: { id, username, discriminator }, channelId: id, text: words })
    },
    whatsapp: ({ id }, words) => whatsapp.deliver(hook, { from: id, text: words }),
  }
  const say = async (person: Person, words: string): Promise<void> => {
    await says[person.network](person, words)
  }
  /** What they hear next after asking who they are. */
  const asks = async (person: Person): Promise<string> => {
    const before = heardBy(person).length
    await say(person, '/whoami')
    return vi.waitFor(() => {
      const [answer] = heardBy(person).slice(before)
      if (answer === undefined) throw new Error(`silence for ${person.network} ${person.id}`)
      return answer
    }, WAIT)
  }
  /** Until they hear it. */
  const hears = (person: Person, words: string): Promise<void> =>
    vi.waitFor(() => expect(heardBy(person)).toContain(words), WAIT)
  /** Until the record says why; returns what they heard: nothing. */
  const isTurnedAway = async (person: Person, reason: string): Promise<readonly string[]> => {
    const refusals = async (): Promise<number> => {
      const { output } = await shell.type('openclaw logs channels --json')
      const lines = output.split('\n').filter((line) => line.includes(`:${person.id}"`))
      return lines.filter((line) => line.includes(`"${reason}"`)).length
    }
    const before = heardBy(person).length
    const earlier = await refusals()
    await say(person, '/whoami')
    await vi.waitFor(async () => expect(await refusals()).toBe(earlier + 1), WAIT)
    return heardBy(person).slice(before)
  }
  const close = async (): Promise<void> => {
    await end(gateway)
    await Promise.all([telegram.stop(), second.stop(), discord.stop(), whatsapp.stop()])
    shell.remove()
  }
  return { shell, asks, hears, isTurnedAway, close }
}
