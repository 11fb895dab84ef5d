/** For tests: an account on a stand-in of Discord, and what it heard there. */
import { createHook } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, vi } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { memory } from '../account.fixture.ts'
import type { Incoming, Outgoing, Press } from '../types.ts'
import { openDiscord } from './account.ts'
import { startDiscordStandIn, type Person } from './discord-stand-in.fixture.ts'

export const TOKEN = 'MTA.discord-token.of-a-bot'
export const ANNA: Person = { id: '200000000000000001', username: 'anna', global_name: 'Anna A.' }
export const DM = '300000000000000001'
export const ROOM = '300000000000000002'
export const SERVER = '400000000000000001'

type Discord = Awaited<ReturnType<typeof startDiscordStandIn>>

export async function stoodIn(
  options: Partial<Parameters<typeof startDiscordStandIn>[0]> = {},
): Promise<Discord> {
  const discord = await startDiscordStandIn({ token: TOKEN, ...options })
  onTestFinished(() => discord.stop())
  return discord
}

export function opened(
  discord: Discord,
  { token = TOKEN, cursor = memory().cursor, keep = async (_message: Incoming) => {} } = {},
) {
  const warnings: string[] = []
  const account = openDiscord(
    { channel: 'discord', account: 'default' },
    { token: new Secret(token), apiBase: discord.apiBase },
    { cursor, warn: (message) => warnings.push(message) },
  )
  const heard: Incoming[] = []
  const presses: Press[] = []
  const state: { connected: number; answer: () => Promise<string | null> } = {
    connected: 0,
    answer: async () => null,
  }
  const receiver = {
    message: async (message: Incoming) => {
      heard.push(message)
      await keep(message)
    },
    press: async (press: Press) => {
      presses.push(press)
      return state.answer()
    },
    connected: () => void (state.connected += 1),
  }
  return { account, receiver, heard, presses, state, warnings }
}

/** Runs until it is stopped, or the test is over. */
export async function running(discord: Discord, options: Parameters<typeof opened>[1] = {}) {
  const one = opened(discord, options)
  const stop = new AbortController()
  const ended = one.account.run(one.receiver, stop.signal)
  ended.catch(() => undefined)
  onTestFinished(async () => {
    stop.abort()
    await ended.catch(() => undefined)
  })
  await vi.waitFor(() => expect(one.state.connected).toBe(1))
  const texts = () => one.heard.map((message) => message.read())
  return {
    ...one,
    ended,
    texts,
    hears: (...wanted: readonly string[]) =>
      vi.waitFor(() => expect(texts()).toEqual(wanted), WAIT),
    async stop() {
      stop.abort()
      await ended
    },
  }
}

const OURS = /@discordjs|channels\/discord\/[a-z]+\.ts/

/** How many timers that the account or its libraries began during `run` keep the process up after it. */
export async function timersLeft(run: () => Promise<void>): Promise<number> {
  const begun = new Map<number, NodeJS.Timeout>()
  const hook = createHook({
    init: (id, type, _trigger, timer: NodeJS.Timeout) => {
      // The test runner has some of its own, which come and go.
      if (type === 'Timeout' && OURS.test(new Error('where').stack ?? '')) begun.set(id, timer)
    },
    destroy: (id) => void begun.delete(id),
  }).enable()
  await run()
  await setImmediate()
  hook.disable()
  return [...begun.values()].filter((timer) => timer.hasRef()).length
}

export const WAIT = { timeout: 10_000 }
export const NEVER = new AbortController().signal

export const ANSWER: Outgoing = {
  id: 'answer-1',
  to: { kind: 'dm', id: DM },
  text: 'hello',
  replyTo: null,
  buttons: [],
}
