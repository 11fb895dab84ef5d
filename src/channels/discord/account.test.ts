/** Discord through its own client libraries, against a stand-in of the network on loopback. */
import { expect, test, vi } from 'vitest'
import { memory } from '../account.fixture.ts'
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
  timersLeft,
  TOKEN,
  WAIT,
} from './discord-account.fixture.ts'
import { BOT, startDiscordStandIn } from './discord-stand-in.fixture.ts'

const MENTION = { mentions: [{ ...BOT }] }

test('a direct message is heard, with who wrote it and where', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  const id = discord.say({
    from: ANNA,
    more: { timestamp: '2026-01-02T03:04:05.678000+00:00' },
    text: 'good morning',
    channelId: DM,
  })
  await bot.hears('good morning')
  expect(bot.heard[0]).toMatchObject({
    messageId: id,
    conversation: { kind: 'dm', id: DM },
    sender: { id: ANNA.id, names: ['anna'], displayName: 'Anna A.' },
    addressed: true,
    at: Date.parse('2026-01-02T03:04:05.678Z'),
  })
})

test('in a server it is meant for us when it mentions us or answers us, and not when it calls everybody or a role', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  const say = (text: string, more: Record<string, unknown>) =>
    discord.say({ from: ANNA, text, channelId: ROOM, guild: SERVER, more })
  say('talk', {})
  say(`<@${BOT.id}> help`, MENTION)
  say('@everyone', { mention_everyone: true })
  say('<@&5>', { mention_roles: ['500000000000000001'] })
  say('and then?', { type: 19, referenced_message: { id: '1', author: BOT } })
  say('agreed', { type: 19, referenced_message: { id: '1', author: ANNA } })
  await bot.hears('talk', 'help', '@everyone', '<@&5>', 'and then?', 'agreed')
  expect(bot.heard.map(({ addressed }) => addressed)).toEqual([
    false,
    true,
    false,
    false,
    true,
    false,
  ])
  expect(bot.heard[0]?.conversation).toEqual({ kind: 'group', id: ROOM })
})

test('what comes while the connection is down is heard after it, each message once', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  discord.say({ from: ANNA, text: 'one', channelId: DM })
  await bot.hears('one')
  discord.dropConnections()
  discord.say({ from: ANNA, text: 'two', channelId: DM })
  discord.say({ from: ANNA, text: 'three', channelId: DM })
  await bot.hears('one', 'two', 'three')
  expect(discord.gateway.entries).toEqual(['identify', 'resume'])
})

test('when Discord asks to connect again, the session goes on', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  discord.gateway.askToReconnect()
  await vi.waitFor(() => expect(discord.gateway.left).toEqual([4200]))
  discord.say({ from: ANNA, text: 'meanwhile', channelId: DM })
  await bot.hears('meanwhile')
  expect(discord.gateway.entries).toEqual(['identify', 'resume'])
})

test('a session that Discord forgot is followed by a new one', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  discord.gateway.forgetSessions()
  discord.dropConnections()
  await vi.waitFor(() => expect(bot.state.connected).toBe(2), WAIT)
  expect(discord.gateway.entries).toEqual(['identify', 'resume', 'identify'])
  discord.say({ from: ANNA, text: 'again', channelId: DM })
  await bot.hears('again')
})

test('after a restart it hears what was written meanwhile', async () => {
  const discord = await stoodIn()
  const { cursor } = memory()
  const first = await running(discord, { cursor })
  discord.say({ from: ANNA, text: 'before', channelId: DM })
  await first.hears('before')
  await first.stop()
  discord.say({ from: ANNA, text: 'meanwhile', channelId: DM })
  const second = await running(discord, { cursor })
  await second.hears('meanwhile')
  expect(discord.gateway.entries).toEqual(['identify', 'resume'])
})

test('a restart whose session Discord forgot starts a new one', async () => {
  const discord = await stoodIn()
  const { cursor } = memory()
  await (await running(discord, { cursor })).stop()
  discord.gateway.forgetSessions()
  await (await running(discord, { cursor })).stop()
  expect(discord.gateway.entries).toEqual(['identify', 'resume', 'identify'])
})

test.for([
  '',
  'no json',
  '{"bot":"1"}',
  '{"bot":"2","session":"x","sequence":1,"resume":"no url"}',
])('from a place that means nothing (%s) it starts anew', async (value) => {
  const discord = await stoodIn()
  const { cursor, kept } = memory()
  kept.value = value
  await running(discord, { cursor })
  expect(discord.gateway.entries).toEqual(['identify'])
})

test('where the address to go on at is gone, it goes on at the one that everybody uses', async () => {
  const discord = await stoodIn()
  const { cursor, kept } = memory()
  const first = await running(discord, { cursor })
  await first.stop()
  discord.say({ from: ANNA, text: 'meanwhile', channelId: DM })
  kept.value = (kept.value ?? '').replace(/ws:[^"]*/, 'ws://127.0.0.1:9')
  const second = await running(discord, { cursor })
  await second.hears('meanwhile')
})

test('a message counts as read only when it is kept: until then Discord tells it again', async () => {
  const discord = await stoodIn()
  const { cursor, kept } = memory()
  const gate = Promise.withResolvers<void>()
  const bot = await running(discord, {
    cursor,
    keep: (message) => (message.read() === 'slow' ? gate.promise : Promise.resolve()),
  })
  discord.say({ from: ANNA, text: 'slow', channelId: DM })
  discord.say({ from: ANNA, text: 'quick', channelId: DM })
  await bot.hears('slow', 'quick')
  discord.dropConnections()
  await bot.hears('slow', 'quick', 'slow', 'quick')
  // READY was 1: neither of the two was kept in order.
  expect(discord.gateway.resumedFrom).toEqual([1])
  expect(kept.history.every((value) => JSON.parse(value).sequence === 1)).toBe(true)
  gate.resolve()
  await bot.stop()
  expect(JSON.parse(kept.value ?? '').sequence).toBe(4)
})

test('a heartbeat does not say that we have what is not kept', async () => {
  const discord = await stoodIn()
  discord.gateway.heartbeatMs = 20
  const gate = Promise.withResolvers<void>()
  const bot = await running(discord, { keep: () => gate.promise })
  discord.say({ from: ANNA, text: 'slow', channelId: DM })
  await bot.hears('slow')
  const beats = discord.gateway.beats.length
  await vi.waitFor(() => expect(discord.gateway.beats.length).toBeGreaterThan(beats + 2))
  expect(discord.gateway.beats.at(-1)).toBe(1)
  gate.resolve()
  await vi.waitFor(() => expect(discord.gateway.beats.at(-1)).toBe(2))
})

test('a message that cannot be kept ends the connection, and comes again with the next', async () => {
  const discord = await stoodIn()
  const { cursor } = memory()
  const full = await running(discord, {
    cursor,
    keep: () => Promise.reject(new Error('disk full')),
  })
  discord.say({ from: ANNA, text: 'keep me', channelId: DM })
  await expect(full.ended).rejects.toThrow('messages cannot be kept')
  const bot = await running(discord, { cursor })
  await bot.hears('keep me')
})

test('an event that makes no sense is left out, and nothing else is lost', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  discord.gateway.tell('MESSAGE_CREATE', { type: 0 })
  discord.say({ from: ANNA, text: 'sense', channelId: DM })
  await bot.hears('sense')
  expect(bot.warnings).toHaveLength(1)
})

test('a token that Discord does not know is said in words, without the token', async () => {
  const discord = await stoodIn()
  const { account, receiver } = opened(discord, { token: 'another-secret-token' })
  const words = /does not know this token.*discord\.com\/developers/
  await expect(account.run(receiver, NEVER)).rejects.toThrow(words)
  const probe = await account.probe(NEVER)
  expect(probe).toMatchObject({ ok: false, name: null, problem: expect.stringMatching(words) })
  const sent = await account.send(ANSWER, NEVER)
  expect(sent).toMatchObject({ kind: 'later', problem: expect.stringMatching(words) })
  expect(JSON.stringify([probe, sent])).not.toContain('another-secret-token')
  // The library forgets a token that was refused; the words stay the same.
  expect(await account.probe(NEVER)).toEqual(probe)
})

test('a token that the gateway alone refuses is said in the same words', async () => {
  const discord = await stoodIn()
  const bot = await running(discord)
  discord.gateway.closeAll(4004)
  await expect(bot.ended).rejects.toThrow('does not know this token')
})

test('where reading messages is switched off, it says what to switch on', async () => {
  const discord = await stoodIn({ allowedIntents: 512 | 4096 })
  const { account, receiver } = opened(discord)
  await expect(account.run(receiver, NEVER)).rejects.toThrow('“Message Content Intent”')
})

test('a day’s last sessions are not started: Discord would take the token away', async () => {
  const discord = await stoodIn()
  discord.startsLeft.count = 3
  const { account, receiver } = opened(discord)
  await expect(account.run(receiver, NEVER)).rejects.toThrow('connect anew in 60 minutes')
  expect(discord.gateway.entries).toEqual([])
})

test('a network that is not there is said in words', async () => {
  const discord = await startDiscordStandIn({ token: TOKEN })
  await discord.stop()
  const { account, receiver } = opened(discord)
  await expect(account.run(receiver, NEVER)).rejects.toThrow('Discord cannot be reached')
  const sent = await account.send(ANSWER, NEVER)
  expect(sent).toEqual({ kind: 'later', afterMs: null, problem: 'Discord cannot be reached' })
})

test('stopping closes the socket in a way that lets the session go on, and leaves no timer', async () => {
  const discord = await stoodIn()
  const left = await timersLeft(async () => {
    const bot = await running(discord)
    discord.say({ from: ANNA, text: 'hello', channelId: DM })
    await bot.hears('hello')
    await bot.stop()
  })
  expect(left).toBe(0)
  await vi.waitFor(() => expect(discord.gateway.open).toBe(0))
  expect(discord.gateway.left).toEqual([4200])
})

test('stopping while it waits to connect again leaves no timer', async () => {
  const discord = await stoodIn()
  const left = await timersLeft(async () => {
    const bot = await running(discord)
    discord.gateway.askToReconnect()
    await vi.waitFor(() => expect(discord.gateway.left).toEqual([4200]))
    await bot.stop()
  })
  expect(left).toBe(0)
  expect(discord.gateway.entries).toEqual(['identify'])
})

test('stopping before Discord said anything leaves nothing open', async () => {
  const discord = await stoodIn()
  discord.gateway.silent = true
  const left = await timersLeft(async () => {
    const { account, receiver } = opened(discord)
    const stop = new AbortController()
    const ended = account.run(receiver, stop.signal)
    await vi.waitFor(() => expect(discord.gateway.open).toBe(1))
    stop.abort()
    await ended
  })
  expect(left).toBe(0)
  await vi.waitFor(() => expect(discord.gateway.open).toBe(0))
})

test('stopping before Discord took the connection leaves nothing open', async () => {
  const { promise: knocked, resolve: knock } = Promise.withResolvers<void>()
  const discord = await stoodIn({ upgrade: () => knock() })
  const left = await timersLeft(async () => {
    const { account, receiver } = opened(discord)
    const stop = new AbortController()
    const ended = account.run(receiver, stop.signal)
    await knocked
    stop.abort()
    await ended
  })
  expect(left).toBe(0)
  await vi.waitFor(() => expect(discord.gateway.open).toBe(0))
})
