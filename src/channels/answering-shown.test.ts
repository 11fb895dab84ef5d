/** Answers that somebody watches grow, and somebody who writes faster than they are answered. */
import { expect, test, vi } from 'vitest'
import { puppet } from '../agents/live-runs.fixture.ts'
import { approvalFor, TELEGRAM } from '../senders/desk.fixture.ts'
import { revokeSender } from '../senders/resolve.ts'
import { incoming } from './account.fixture.ts'
import { MOST_WAITING } from './answering.ts'
import { liveChannel, RULES, until } from './live-channel.fixture.ts'
import type { Received } from './store.ts'

const never = () => new Promise<never>(() => {})

test('whoever writes faster than they are answered is told so once, and answered again afterwards', async () => {
  await using channel = await liveChannel()
  const { agent, heard, finish } = puppet()
  const life = await channel.start({ agent })
  const write = (name: string) => life.message(incoming(name))
  for (let n = 0; n < MOST_WAITING + 5; n += 1) await write(`m${n}`)
  await life.message(incoming('other', { from: '43' }))
  await until(() => life.sent.length === 1)
  expect(life.texts()).toEqual([expect.stringContaining('faster than I answer')])
  expect(life.answering.size).toBe(MOST_WAITING + 1)
  for (let n = 0; n < MOST_WAITING + 1; n += 1) finish()
  await life.idle()
  expect(heard).toContain('message other')
  expect(heard.filter((text) => text.startsWith('message m'))).toHaveLength(MOST_WAITING)
  expect(await channel.messages.load()).toMatchObject({ waiting: [] })

  finish()
  await write('later')
  await life.idle()
  expect(heard).toContain('message later')
})

test('the answer takes the place of the message that showed it, also after a death', async () => {
  await using channel = await liveChannel()
  const first = await channel.start({
    agent: puppet().agent,
    ports: {
      show: async (message) => {
        await channel.messages.drafted(message, 'n7')
        return never()
      },
    },
  })
  await first.message(incoming('1'))
  await until(() => first.answering.size === 1)
  await vi.waitFor(async () =>
    expect(await channel.messages.load()).toMatchObject({ waiting: [{ draft: 'n7' }] }),
  )
  first.kill()

  const drafts: (string | null)[] = []
  const second = await channel.start({
    ports: {
      show: async (message, run) => {
        drafts.push(message.draft)
        await run.ended
        return message.draft
      },
    },
  })
  await second.idle()
  expect(drafts).toEqual(['n7'])
  expect(second.sent).toMatchObject([{ replaces: 'n7' }])
})

test('R45: whoever lost the right to write while they waited behind somebody else is not read', async () => {
  await using channel = await liveChannel()
  const { agent, heard, say, finish } = puppet()
  const life = await channel.start({ agent, session: 'agent:puppet:main' })
  await life.desk.turn(() => ({ result: null, change: { approvals: [approvalFor('7')] } }))
  await life.message(incoming('1', { from: '43' }))
  await until(() => heard.length === 1)
  await life.message(incoming('2', { from: '7' }))
  await vi.waitFor(async () =>
    expect(await channel.live.history('agent:puppet:main')).toHaveLength(2),
  )
  await revokeSender(life.desk, { ...TELEGRAM, id: '7' })
  say('an answer')
  finish()
  await life.idle()
  expect(heard).toEqual(['message 1'])
  expect(life.sent.map(({ to }) => to.id)).toEqual(['43'])
})

test('many who share one conversation with an agent keep nobody else from theirs', async () => {
  await using channel = await liveChannel()
  channel.rules.now = {
    ...RULES,
    dmPolicy: 'open',
    allowFrom: { ...RULES.allowFrom, everybody: true },
  }
  const { agent, heard } = puppet()
  const sessions = (message: Received) =>
    message.sender.id === '42' ? 'agent:puppet:owner' : 'agent:puppet:main'
  const life = await channel.start({ agent, session: sessions })
  for (let n = 0; n < 80; n += 1) await life.message(incoming(`m${n}`, { from: `1${n}` }))
  await until(() => heard.length === 1)
  await life.message(incoming('mine', { from: '42' }))
  await until(() => heard.length === 2)
  expect(heard[1]).toBe('message mine')
})

test('what the gateway stops for its own end is answered by the next one', async () => {
  await using channel = await liveChannel()
  const first = await channel.start({ agent: puppet().agent })
  await first.message(incoming('1'))
  await until(() => first.answering.size === 1)
  first.kill()
  await first.runs.drain(0)
  expect(first.sent).toEqual([])
  const second = await channel.start()
  await second.idle()
  expect(second.texts()).toEqual([expect.stringMatching(/^Your message arrived/)])
})

test('answers that nobody takes count as waiting', async () => {
  await using channel = await liveChannel()
  const life = await channel.start({ ports: { unsent: () => MOST_WAITING } })
  for (const name of ['1', '2', '3']) await life.message(incoming(name))
  await until(() => life.sent.length === 1)
  await life.idle()
  expect(life.texts()).toEqual([expect.stringContaining('faster than I answer')])
})

test('R50: what is passed on is no command, whoever passes it on', async () => {
  await using channel = await liveChannel()
  const { agent, heard, finish } = puppet()
  const commands: string[] = []
  const command = (message: Received) => {
    commands.push(message.text)
    return Promise.resolve(null)
  }
  const life = await channel.start({ agent, ports: { command } })
  await life.message(incoming('1', { text: '/pairing approve telegram ABC234', forwarded: true }))
  finish()
  await life.idle()
  expect(heard).toEqual(['Forwarded message:\n/pairing approve telegram ABC234'])
  expect(commands).toEqual(heard)
})
