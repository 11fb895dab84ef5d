/** A gateway in the home of a shell, on Telegram and Discord, with people and devices that ask to be let in. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { startDiscordStandIn } from '../../src/channels/discord/discord-stand-in.fixture.ts'
import { TelegramStandIn } from '../../src/channels/telegram/telegram-stand-in.fixture.ts'
import { TOKEN } from '../gateway.ts'
import { askByDevice } from './device-request.fixture.ts'
import type { Blank } from './printed.ts'
import { end, freePort, openShell } from './shell.fixture.ts'

const DISCORD_TOKEN = 'discord-stand-in-token'
/** As long as Discord's ids are. */
const SNOWFLAKE = 80_351_110_224_678_912n

export type Scene = Awaited<ReturnType<typeof openScene>>

export async function openScene() {
  const shell = openShell()
  const telegram = await TelegramStandIn.start()
  const discord = await startDiscordStandIn({ token: DISCORD_TOKEN })
  const port = await freePort()
  const config = {
    gateway: { port: Number(port), bind: 'lan', auth: { mode: 'token', token: TOKEN } },
    security: { maxPendingPairings: 50 },
    channels: {
      telegram: { token: telegram.token, apiBase: telegram.apiBase },
      discord: { token: DISCORD_TOKEN, apiBase: discord.apiBase },
    },
  }
  mkdirSync(shell.stateDir, { mode: 0o700 })
  const file = join(shell.stateDir, 'openclaw.json')
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 })
  const gateway = await shell.begin('openclaw gateway', /listens on http:/)
  await vi.waitFor(async () => {
    const { output } = await shell.type('openclaw channels status')
    expect(output.match(/ connected /g)).toHaveLength(2)
  }, WAIT)

  const strangers = { next: 1 }
  const fillers: Readonly<Record<Blank, () => Promise<string>>> = {
    'telegram code': () => {
      const id = 1_000 + strangers.next++
      telegram.say({ from: { id }, text: 'hello' })
      return codeIn(() => telegram.sent.find(({ chatId }) => chatId === String(id))?.text)
    },
    'discord code': () => {
      const id = String(SNOWFLAKE + BigInt(strangers.next++))
      discord.say({ from: { id, username: `user${id}` }, channelId: id, text: 'hello' })
      return codeIn(() => discord.sent.find(({ channelId }) => channelId === id)?.content)
    },
    'discord sender': async () => {
      const id = String(SNOWFLAKE + BigInt(strangers.next++))
      expect(await shell.type(`openclaw pairing invite discord ${id}`)).toMatchObject({ code: 0 })
      return id
    },
    'device request': () => askByDevice(port, TOKEN),
  }
  return {
    shell,
    fill: (blank: Blank) => fillers[blank](),
    async close() {
      await end(gateway)
      await telegram.stop()
      await discord.stop()
      shell.remove()
    },
  }
}

const WAIT = { timeout: 10_000, interval: 50 }

function codeIn(text: () => string | undefined): Promise<string> {
  return vi.waitFor(() => {
    const [, code] = /Code: ([A-Z2-9]{6})$/.exec(text() ?? '') ?? []
    if (code === undefined) throw new Error(`no code in ${text() ?? 'silence'}`)
    return code
  }, WAIT)
}
