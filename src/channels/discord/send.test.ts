/** What the bot says on Discord, and how its buttons answer. */
import { expect, test, vi } from 'vitest'
import {
  ANNA,
  ANSWER,
  DM,
  NEVER,
  opened,
  ROOM,
  running,
  SERVER,
  stoodIn,
  TOKEN,
  WAIT,
} from './discord-account.fixture.ts'

test('an answer stands in the channel under the message that it answers', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  const sent = await account.send({ ...ANSWER, replyTo: '1000000000000000077' }, NEVER)
  expect(discord.sent).toMatchObject([{ channelId: DM, content: 'hello' }])
  expect(sent).toEqual({ kind: 'sent', messageId: discord.sent[0]?.id })
  expect(discord.sent[0]?.body['message_reference']).toEqual({
    message_id: '1000000000000000077',
    fail_if_not_exists: false,
  })
})

test('an answer that is sent again is one message; another answer is another', async () => {
  const discord = await stoodIn()
  const first = await opened(discord).account.send(ANSWER, NEVER)
  const again = await opened(discord).account.send(ANSWER, NEVER)
  expect(again).toEqual(first)
  const { account } = opened(discord)
  await account.send({ ...ANSWER, id: 'answer-2' }, NEVER)
  await account.send({ ...ANSWER, id: 'a'.repeat(200) }, NEVER)
  expect(discord.sent).toHaveLength(3)
  expect(discord.sent.every(({ nonce }) => nonce !== undefined && nonce.length <= 25)).toBe(true)
})

test('an answer calls nobody, whatever it says, and shows no page', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  await account.send({ ...ANSWER, text: '@everyone see https://example.com' }, NEVER)
  expect(discord.sent[0]?.pingedEveryone).toBe(false)
  expect(discord.sent[0]?.body['allowed_mentions']).toEqual({ parse: [] })
  expect(discord.sent[0]?.body['flags']).toBe(4)
})

test('when Discord says to wait, the answer waits as long, and asks no sooner', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  // The library learns from an answer which limit a message counts against.
  await account.send({ ...ANSWER, id: 'answer-0' }, NEVER)
  discord.rateLimitNext(0.5)
  const first = await account.send(ANSWER, NEVER)
  expect(first).toMatchObject({ kind: 'later', problem: 'Discord says to wait' })
  const afterMs = first.kind === 'later' ? first.afterMs : null
  expect(afterMs).toBeGreaterThanOrEqual(500)
  expect(afterMs).toBeLessThan(700)
  const asked = discord.requests
  expect(await account.send(ANSWER, NEVER)).toMatchObject({ kind: 'later' })
  expect(discord.requests).toBe(asked)
  await vi.waitFor(async () => expect((await account.send(ANSWER, NEVER)).kind).toBe('sent'), WAIT)
  expect(discord.sent).toHaveLength(2)
})

test.for([
  { status: 500, code: 0, kind: 'later', problem: 'Discord is out of order (500)' },
  { status: 503, code: 0, kind: 'later', problem: 'Discord is out of order (503)' },
  { status: 400, code: 50035, kind: 'refused', problem: 'Discord refused (400, 50035)' },
  {
    status: 403,
    code: 50007,
    kind: 'refused',
    problem: 'Discord refused (403, 50007): the person takes no messages from this bot',
  },
  {
    status: 404,
    code: 10003,
    kind: 'refused',
    problem: 'Discord refused (404, 10003): the channel is gone',
  },
])('$status ($code) means $kind', async ({ status, code, kind, problem }) => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  discord.failNext(1, status, code)
  expect(await account.send(ANSWER, NEVER)).toMatchObject({ kind, problem })
  expect(discord.requests).toBe(1)
  expect((await account.send(ANSWER, NEVER)).kind).toBe('sent')
})

test('what stands before Discord and refuses everybody is waited for', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  discord.failNext(1, 403, null)
  expect(await account.send(ANSWER, NEVER)).toMatchObject({ kind: 'later' })
})

test('an id that is no number leads nowhere', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  const to = { kind: 'dm', id: '1/../../users/@me' } as const
  expect(await account.send({ ...ANSWER, to }, NEVER)).toMatchObject({ kind: 'refused' })
  await account.typing(to, NEVER)
  expect(discord.requests).toBe(0)
})

test('sending stops when it is told to', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  expect(await account.send(ANSWER, AbortSignal.abort())).toMatchObject({ kind: 'later' })
  expect(discord.sent).toEqual([])
})

test('buttons stand under an answer, five in a row', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  const buttons = Array.from({ length: 6 }, (_, n) => ({ label: `B${n}`, data: `b:${n}` }))
  await account.send({ ...ANSWER, buttons }, NEVER)
  const rows = discord.sent[0]?.body['components']
  expect(rows).toMatchObject([{ components: { length: 5 } }, { components: { length: 1 } }])
  expect(rows).toMatchObject([
    { type: 1, components: [{ type: 2, style: 2, label: 'B0', custom_id: 'b:0' }, {}, {}, {}, {}] },
    {},
  ])
})

test('whoever pressed is who the press is from, whomever the message was for', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  const id = discord.press({ from: ANNA, data: 'approve:1', channelId: ROOM, guild: SERVER })
  discord.press({ from: ANNA, data: 'approve:2', channelId: DM })
  await vi.waitFor(() => expect(bot.presses).toHaveLength(2))
  const sender = { id: ANNA.id, names: ['anna'], displayName: 'Anna A.' }
  expect(bot.presses).toEqual([
    {
      pressId: id,
      conversation: { kind: 'group', id: ROOM },
      sender,
      addressed: true,
      data: 'approve:1',
    },
    expect.objectContaining({ conversation: { kind: 'dm', id: DM }, sender, data: 'approve:2' }),
  ])
})

test('a press is answered for the eyes of whoever pressed; without words it is taken note of', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  bot.state.answer = async () => 'approved'
  discord.press({ from: ANNA, data: 'approve:1', channelId: DM })
  await vi.waitFor(() => expect(discord.answered).toHaveLength(1))
  expect(discord.answered[0]?.body).toEqual({ type: 4, data: { content: 'approved', flags: 64 } })
  bot.state.answer = async () => null
  discord.press({ from: ANNA, data: 'approve:1', channelId: DM })
  await vi.waitFor(() => expect(discord.answered).toHaveLength(2))
  expect(discord.answered[1]?.body).toMatchObject({ type: 6 })
})

test('Discord hears in time that the answer to a press takes longer, and then the answer', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  const { promise, resolve } = Promise.withResolvers<string | null>()
  bot.state.answer = () => promise
  discord.press({ from: ANNA, data: 'approve:1', channelId: DM })
  await vi.waitFor(() => expect(discord.answered).toHaveLength(1), WAIT)
  expect(discord.answered[0]?.body).toEqual({ type: 5, data: { flags: 64 } })
  resolve('approved at last')
  await vi.waitFor(() => expect(discord.answered).toHaveLength(2))
  expect(discord.answered[1]?.body).toEqual({ content: 'approved at last' })
})

test('no secret stands in anything that it says', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  const said: unknown[] = []
  for (const status of [400, 401, 403, 404, 500]) {
    discord.failNext(1, status, status)
    said.push(await bot.account.send(ANSWER, NEVER))
  }
  discord.rateLimitNext(1)
  said.push(await bot.account.send(ANSWER, NEVER))
  discord.gateway.closeAll(4004)
  said.push(await bot.ended.catch((error: unknown) => String(error)))
  expect(said).toHaveLength(7)
  expect(JSON.stringify([...said, bot.warnings])).not.toContain(TOKEN)
})

test('what was said can be changed, to what it is already too, and calls nobody then', async () => {
  const discord = await stoodIn()
  const { account } = opened(discord)
  const sent = await account.send(ANSWER, NEVER)
  const id = sent.kind === 'sent' ? sent.messageId : ''
  for (const text of ['@everyone hello again', '@everyone hello again'])
    expect(await account.edit?.(id, { ...ANSWER, text }, NEVER)).toEqual(sent)
  expect(discord.sent).toMatchObject([{ content: '@everyone hello again' }])
  expect(await account.edit?.('123', ANSWER, NEVER)).toMatchObject({
    kind: 'refused',
    problem: expect.stringContaining('the message is gone'),
  })
  expect(await account.edit?.('../1', ANSWER, NEVER)).toMatchObject({ kind: 'refused' })
  discord.rateLimitNext(0.5)
  expect(await account.edit?.(id, ANSWER, NEVER)).toMatchObject({ kind: 'later' })
})
