/** Answers: each once and in order, through deaths at every point, and for nobody who may not be answered any more. */
import { afterEach, expect, test, vi } from 'vitest'
import { OWNER, puppet } from '../agents/live-runs.fixture.ts'
import { approvalFor, TELEGRAM } from '../senders/desk.fixture.ts'
import { revokeSender } from '../senders/resolve.ts'
import { incoming } from './account.fixture.ts'
import type { AnsweringPorts } from './answering.ts'
import { liveChannel, RULES, until } from './live-channel.fixture.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** Lets the pauses between two tries pass at once. */
async function hurried(happened: () => boolean): Promise<void> {
  while (!happened()) {
    await vi.advanceTimersByTimeAsync(1_000)
    await new Promise(setImmediate)
  }
}

const still = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
const SESSION = 'agent:puppet:dm:telegram:42'
const never = () => new Promise<never>(() => {})

test('a message that is delivered twice is answered once', async () => {
  await using channel = await liveChannel()
  const life = await channel.start()
  await Promise.all([life.message(incoming('1')), life.message(incoming('1'))])
  await life.idle()
  await life.message(incoming('1'))
  await life.idle()
  expect(life.sent.map(({ id, to }) => [id, to])).toEqual([['1:0', { kind: 'dm', id: '42' }]])
  expect(await channel.messages.load()).toEqual({ waiting: [], queued: life.sent })
  expect(await channel.live.history('agent:main:dm:telegram:42')).toEqual([
    'user: message 1',
    expect.stringMatching(/^assistant: Your message arrived/),
  ])
})

test('a command is answered with the rights of whoever wrote: the owner in a direct message alone (R50)', async () => {
  await using channel = await liveChannel()
  const life = await channel.start()
  for (const [id, marks] of [
    ['1', { from: '42' }],
    ['2', { from: '43' }],
    ['3', { from: '42', group: '-100' }],
  ] as const) {
    await life.message(incoming(id, { ...marks, text: '/whoami' }))
    await life.idle()
  }
  const [owner, other, inGroup] = life.texts()
  expect(owner).toContain('kind: sender\nid: telegram:42')
  expect(owner).toContain('operator.admin')
  expect([other, inGroup]).toEqual([
    '/whoami needs the scope operator.read, which you do not have here.',
    '/whoami needs the scope operator.read, which you do not have here.',
  ])
})

test('what has no text is answered once, in its turn, and no agent hears of it', async () => {
  await using channel = await liveChannel()
  const { agent, heard } = puppet()
  const life = await channel.start({ agent })
  for (const id of ['1', '1']) await life.message(incoming(id, { text: null }))
  await life.message(incoming('2', { text: ' \0\n' }))
  await life.idle()
  await life.message(incoming('1', { text: null }))
  await life.idle()
  expect(life.sent.map(({ id, text }) => [id, text])).toEqual([
    ['1:0', 'I read text only.'],
    ['2:0', 'I read text only.'],
  ])
  expect(heard).toEqual([])
})

test('R45: whoever lost the right to write while their message waited is not read and not answered', async () => {
  await using channel = await liveChannel()
  const { agent, heard, say, finish } = puppet()
  const life = await channel.start({ agent })
  await life.desk.turn(() => ({ result: null, change: { approvals: [approvalFor('7')] } }))
  await life.message(incoming('1', { from: '7' }))
  await life.message(incoming('2', { from: '7' }))
  await until(() => heard.length === 1)
  await revokeSender(life.desk, { ...TELEGRAM, id: '7' })
  say('an answer')
  finish()
  await life.idle()
  expect(heard).toEqual(['message 1'])
  expect(life.texts()).toEqual([])
  expect((await channel.messages.load()).waiting).toEqual([])
})

test('R45: also when it waited through a restart', async () => {
  await using channel = await liveChannel()
  const before = await channel.start({ agent: puppet().agent, ports: { command: never } })
  await before.message(incoming('1'))
  before.kill()
  channel.rules.now = { ...RULES, dmPolicy: 'disabled' }
  const { agent, heard } = puppet()
  const after = await channel.start({ agent })
  await after.idle()
  expect([after.waiting.length, heard, after.sent]).toEqual([1, [], []])
  expect((await channel.messages.load()).waiting).toEqual([])
})

test('a death between question and answer: it is answered once, and the question stands once', async () => {
  await using channel = await liveChannel()
  const dying = puppet()
  const before = await channel.start({ agent: dying.agent })
  await before.message(incoming('1'))
  await until(() => dying.heard.length === 1)
  before.kill()

  const { agent, heard, say, finish } = puppet()
  const after = await channel.start({ agent })
  say('an answer')
  finish()
  await after.idle()
  expect(heard).toEqual(['message 1'])
  expect(after.texts()).toEqual(['an answer'])
  expect(await channel.live.history(SESSION)).toEqual(['user: message 1', 'assistant: an answer'])
  expect(before.sent).toEqual([])
})

test('a death before the question was kept: it is asked and answered once', async () => {
  await using channel = await liveChannel()
  const before = await channel.start({ agent: puppet().agent, ports: { command: never } })
  await before.message(incoming('1'))
  before.kill()

  const { agent, say, finish } = puppet()
  const after = await channel.start({ agent })
  say('an answer')
  finish()
  await after.idle()
  expect(await channel.live.history(SESSION)).toEqual(['user: message 1', 'assistant: an answer'])
})

test('a death after the answer was kept: that answer is sent, and nobody is asked again', async () => {
  await using channel = await liveChannel()
  const dying = puppet()
  const reached = { finish: false }
  const finish: AnsweringPorts['store']['finish'] = () => {
    reached.finish = true
    return never()
  }
  const before = await channel.start({ agent: dying.agent, ports: { store: { finish } } })
  dying.say('the answer that was kept')
  dying.finish()
  await before.message(incoming('1'))
  await until(() => reached.finish)
  before.kill()

  const { agent, heard } = puppet()
  const after = await channel.start({ agent })
  await after.idle()
  expect(heard).toEqual([])
  expect(after.texts()).toEqual(['the answer that was kept'])
  expect(await channel.live.history(SESSION)).toHaveLength(2)
})

test('R57: what somebody else was answered under such a key is no message’s answer', async () => {
  await using channel = await liveChannel()
  const planted = puppet()
  const before = await channel.start({ agent: planted.agent, ports: { command: never } })
  for (const idempotencyKey of ['telegram:default:1', 'network:telegram:default:1']) {
    const asked = { agentId: 'puppet', sessionKey: SESSION, message: 'planted', caller: OWNER }
    const submitted = await before.runs.submit({ ...asked, idempotencyKey })
    if (submitted.kind === 'refused') continue
    planted.say('the planted answer')
    planted.finish()
    await submitted.run.ended
  }
  await before.message(incoming('1'))
  before.kill()

  const { agent, say, finish } = puppet()
  const after = await channel.start({ agent })
  say('an answer')
  finish()
  await after.idle()
  expect(after.texts()).toEqual(['an answer'])
})

test('a death after the message was over: its answer is left to be sent, and nothing is answered again', async () => {
  await using channel = await liveChannel()
  const before = await channel.start()
  await before.message(incoming('1'))
  await before.idle()
  before.kill()
  const { agent, heard } = puppet()
  const after = await channel.start({ agent })
  expect([after.waiting, after.queued]).toEqual([[], before.sent])
  expect(heard).toEqual([])
})

test('messages of one conversation are answered in order, each after the one before it', async () => {
  await using channel = await liveChannel()
  const { agent, heard, say, finish } = puppet()
  const life = await channel.start({ agent })
  for (const id of ['1', '2', '3']) await life.message(incoming(id))
  for (const id of ['1', '2', '3']) {
    await until(() => heard.length === Number(id))
    expect(life.sent).toHaveLength(Number(id) - 1)
    say(`answer ${id}`)
    finish()
  }
  await life.idle()
  expect(heard).toEqual(['message 1', 'message 2', 'message 3'])
  expect(life.texts()).toEqual(['answer 1', 'answer 2', 'answer 3'])
  expect(life.sent.map(({ place }) => place)).toEqual([1, 2, 3])
})

test('after a restart too', async () => {
  await using channel = await liveChannel()
  const before = await channel.start({ agent: puppet().agent, ports: { command: never } })
  for (const id of ['3', '1', '2']) await before.message(incoming(id))
  before.kill()
  const after = await channel.start()
  await after.idle()
  expect(after.sent.map(({ id }) => id)).toEqual(['3:0', '1:0', '2:0'])
})

test('one conversation that cannot be answered holds up no other, and is answered when it can be', async () => {
  still()
  await using channel = await liveChannel()
  const trouble = { with: '42' }
  const command: AnsweringPorts['command'] = ({ sender }) =>
    sender.id === trouble.with
      ? Promise.reject(new Error('nobody foresaw this'))
      : Promise.resolve(`hello ${sender.id}`)
  const life = await channel.start({ ports: { command } })
  await life.message(incoming('1', { from: '42' }))
  await life.message(incoming('2', { from: '42' }))
  await life.message(incoming('3', { from: '43' }))
  await life.message(incoming('4', { from: '44' }))
  await until(() => life.sent.length === 2)
  await hurried(() => life.warnings.length === 1)
  expect(life.texts().sort()).toEqual(['hello 43', 'hello 44'])
  expect(life.answering.size).toBe(2)

  trouble.with = 'nobody'
  await hurried(() => life.answering.size === 0)
  expect(life.texts().slice(2)).toEqual(['hello 42', 'hello 42'])
  expect(life.warnings).toEqual(['a message of telegram waits: it cannot be answered now'])
})

test('a disk that was full when the question came is asked again, and the question stands once', async () => {
  still()
  await using channel = await liveChannel()
  const life = await channel.start()
  channel.live.disk.state = 'full'
  await life.message(incoming('1'))
  await hurried(() => life.warnings.length === 1)
  expect(life.sent).toEqual([])
  channel.live.disk.state = 'fine'
  await hurried(() => life.answering.size === 0)
  expect(life.sent).toHaveLength(1)
  expect(await channel.live.history('agent:main:dm:telegram:42')).toHaveLength(2)
})

test('a disk that was full when the answer was there keeps it later, and no question is doubled', async () => {
  still()
  await using channel = await liveChannel()
  const { agent, heard, say, finish } = puppet()
  const life = await channel.start({ agent })
  await life.message(incoming('1'))
  await until(() => heard.length === 1)
  channel.live.disk.state = 'full'
  say('lost')
  finish()
  await hurried(() => life.warnings.length === 1)
  channel.live.disk.state = 'fine'
  // As long as the failed run is remembered, it is the answer.
  channel.live.time.now += 300_001
  say('kept')
  finish()
  await hurried(() => life.answering.size === 0)
  expect(life.texts()).toEqual(['kept'])
  expect(await channel.live.history(SESSION)).toEqual(['user: message 1', 'assistant: kept'])
})

test('when the end cannot be written the agent is not asked again', async () => {
  still()
  await using channel = await liveChannel()
  const { agent, heard, say, finish } = puppet()
  const tries = { left: 3 }
  const failing: AnsweringPorts['store'] = {
    finish(message, answers) {
      tries.left -= 1
      if (tries.left > 0) return Promise.reject(new Error('the disk is full'))
      return channel.messages.finish(message, answers)
    },
  }
  const life = await channel.start({ agent, ports: { store: failing } })
  say('an answer')
  finish()
  await life.message(incoming('1'))
  await hurried(() => life.answering.size === 0)
  expect([heard, life.texts(), tries.left]).toEqual([['message 1'], ['an answer'], 0])
})

test('an agent that fails is said to, and the next message is answered', async () => {
  await using channel = await liveChannel()
  const { agent } = puppet()
  const broken = {
    ...agent,
    async *answer({ message }: { readonly message: string }) {
      if (message === 'message 1') throw new Error('a stack trace with a secret')
      yield 'an answer'
    },
  }
  const life = await channel.start({ agent: broken })
  for (const id of ['1', '2']) await life.message(incoming(id))
  await life.idle()
  expect(life.texts()).toEqual([
    'Something went wrong while I answered. Write again in a moment.',
    'an answer',
  ])
})

test('an agent that is gone is said to be', async () => {
  await using channel = await liveChannel()
  const life = await channel.start({
    ports: {
      placeOf: () => ({
        agentId: 'gone',
        sessionKey: 'agent:gone:main',
        caller: { method: 'channel', principal: NOBODY },
        own: true,
      }),
    },
  })
  await life.message(incoming('1'))
  await life.idle()
  expect(life.texts()).toEqual(['No agent answers here at the moment.'])
})

const NOBODY = {
  kind: 'sender',
  id: 'telegram:42',
  displayName: '',
  role: 'operator',
  scopes: [],
  credentialId: null,
} as const

test('an answer that somebody stopped says so', async () => {
  await using channel = await liveChannel()
  const { agent, heard, say } = puppet()
  const life = await channel.start({ agent })
  await life.message(incoming('1'))
  await until(() => heard.length === 1)
  life.runs.abort(SESSION, null)
  say('unheard')
  await life.idle()
  expect(life.texts()).toEqual(['(stopped)'])
})

test('when the gateway stops nothing new is begun, and what waits is on disk', async () => {
  await using channel = await liveChannel()
  const { agent, heard } = puppet()
  const life = await channel.start({ agent })
  life.kill()
  await life.message(incoming('1'))
  expect([heard, life.answering.size]).toEqual([[], 1])
  expect((await channel.messages.load()).waiting).toHaveLength(1)
})
