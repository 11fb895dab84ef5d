/** Runs: what is accepted is kept and answered, in order, once; and every way it is refused or stopped. */
import { describe, expect, it } from 'vitest'
import { callerAs, DISK_FULL, liveRuns, puppet } from './live-runs.fixture.ts'
import { MAX_RUNS, MAX_WAITING } from './run-room.ts'
import type { Agent } from './types.ts'

const TO_PUPPET = { agentId: 'puppet', sessionKey: 'agent:puppet:main' }

describe('a message', () => {
  it('is on disk before it is accepted, and its answer before the run ends', async () => {
    const { agent, say, finish } = puppet()
    await using live = await liveRuns(agent)

    const run = await live.sent('hello', TO_PUPPET)
    expect(await live.history(TO_PUPPET.sessionKey)).toEqual(['user: hello'])

    say('hi ')
    say('there')
    finish()
    expect(await run.ended).toMatchObject({ kind: 'answered', text: 'hi there' })
    expect(await live.history(TO_PUPPET.sessionKey)).toEqual(['user: hello', 'assistant: hi there'])
  })

  it('is heard of as started, each piece with the answer so far, and final, counted from 0', async () => {
    const { agent, say, finish } = puppet()
    await using live = await liveRuns(agent)
    const run = await live.sent('hello', TO_PUPPET)
    expect(live.events).toEqual([])

    say('a')
    say('b')
    finish()
    await run.ended
    const heard = live.events.map((event) => [
      event.seq,
      event.kind,
      'text' in event ? event.text : '',
    ])
    expect(heard).toEqual([
      [0, 'started', ''],
      [1, 'delta', 'a'],
      [2, 'delta', 'ab'],
      [3, 'final', 'ab'],
    ])
    expect(new Set(live.events.map((event) => event.sessionKey))).toEqual(
      new Set([TO_PUPPET.sessionKey]),
    )
  })

  it('to an agent that is nobody is refused and not kept', async () => {
    await using live = await liveRuns()
    const refused = await live.send('hello', { agentId: 'nobody' })
    expect(refused).toMatchObject({ kind: 'refused', why: 'unknown-agent' })
    expect(await live.history()).toEqual([])
  })

  it('gets an empty answer kept, too, when the agent has nothing to say', async () => {
    const { agent, finish } = puppet()
    await using live = await liveRuns(agent)
    finish()
    const run = await live.sent('hello', TO_PUPPET)
    expect(await run.ended).toMatchObject({ kind: 'answered', text: '' })
    expect(await live.history(TO_PUPPET.sessionKey)).toEqual(['user: hello', 'assistant: '])
  })
})

describe('a session', () => {
  it('answers one message at a time, in the order they were sent, and keeps them in that order', async () => {
    const { agent, heard, say, finish } = puppet()
    await using live = await liveRuns(agent)
    const runs = await Promise.all(['1', '2', '3'].map((text) => live.sent(text, TO_PUPPET)))
    say('a1')
    finish()
    await runs[0]?.ended
    expect(runs[1]?.end).toBeNull()

    for (const answer of ['a2', 'a3']) {
      say(answer)
      finish()
    }
    await Promise.all(runs.map((run) => run.ended))
    expect(heard).toEqual(['1', '2', '3'])
    expect(await live.history(TO_PUPPET.sessionKey)).toEqual([
      'user: 1',
      'assistant: a1',
      'user: 2',
      'assistant: a2',
      'user: 3',
      'assistant: a3',
    ])
  })

  it('that begins anew while it answers mixes nobody’s words: each answer stays with its question', async () => {
    const { agent, heard, say, finish } = puppet()
    await using live = await liveRuns(agent)
    const { sessionKey } = TO_PUPPET
    const ofA = await live.sent('of A', TO_PUPPET)
    await expect.poll(() => heard.length).toBe(1)
    await live.conversations.reset(sessionKey, live.time.now)
    const ofB = await live.sent('of B', TO_PUPPET)
    for (const answer of ['to A', 'to B']) {
      say(answer)
      finish()
    }
    expect([await ofA.ended, await ofB.ended]).toMatchObject([
      { kind: 'answered', text: 'to A' },
      { kind: 'answered', text: 'to B' },
    ])
    expect(await live.history(sessionKey)).toEqual(['user: of B', 'assistant: to B'])
    expect(await live.history(`${sessionKey}~${ofA.sessionId}`)).toEqual([
      'user: of A',
      'assistant: to A',
    ])
    expect(live.reports).toEqual([])
  })

  it('does not hold up another one', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    await live.sent('waits for ever', TO_PUPPET)
    expect(await live.ask('/help')).toContain('/help')
  })

  it('takes so many waiting messages and refuses the next, which is not kept', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    for (let count = 0; count <= MAX_WAITING; count++) await live.sent(`${count}`, TO_PUPPET)

    expect(await live.send('too many', TO_PUPPET)).toMatchObject({ kind: 'refused', why: 'busy' })
    expect(await live.history(TO_PUPPET.sessionKey)).not.toContain('user: too many')
    expect(live.runs.busy(TO_PUPPET.sessionKey)).toBe(true)
    expect(live.runs.busy('agent:puppet:other')).toBe(false)
  })

  it('of many takes no more than the gateway can hold, and takes again when one is done', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    const key = (count: number) => `agent:puppet:${count}`
    const send = (count: number) => live.send('x', { ...TO_PUPPET, sessionKey: key(count) })
    for (let count = 0; count < MAX_RUNS; count++) await send(count)

    expect(await send(MAX_RUNS)).toMatchObject({ kind: 'refused', why: 'busy' })
    live.runs.abort(key(0), null)
    await expect.poll(() => live.runs.busy(key(0))).toBe(false)
    expect(await send(MAX_RUNS)).toMatchObject({ kind: 'accepted' })
  })
})

describe('an idempotency key', () => {
  it('sent twice is one run and one message, also when both come at once', async () => {
    await using live = await liveRuns()
    const again = { idempotencyKey: 'same' }
    const [first, second] = await Promise.all([
      live.sent('/help', again),
      live.sent('/help', again),
    ])
    expect(second).toBe(first)
    await first.ended

    expect(await live.send('/help', again)).toMatchObject({ kind: 'accepted', repeated: true })
    expect(await live.history()).toHaveLength(2)
  })

  it('with another message is refused, so that nothing is silently dropped', async () => {
    await using live = await liveRuns()
    await live.sent('/help', { idempotencyKey: 'same' })
    expect(await live.send('/whoami', { idempotencyKey: 'same' })).toMatchObject({
      kind: 'refused',
      why: 'key-reused',
    })
  })

  it('R57 of another caller or another session is another run', async () => {
    await using live = await liveRuns()
    const first = await live.sent('/whoami', { idempotencyKey: 'same' })
    const other = await live.sent('/whoami', {
      idempotencyKey: 'same',
      caller: callerAs({ kind: 'user', id: 'eve' }),
    })
    const elsewhere = await live.sent('/whoami', {
      idempotencyKey: 'same',
      sessionKey: 'agent:main:other',
    })
    expect(new Set([first, other, elsewhere]).size).toBe(3)
    expect(await other.ended).toMatchObject({ text: expect.stringContaining('eve') })
  })

  it('R57 of a message of a chat network is nobody else’s to bring', async () => {
    await using live = await liveRuns()
    const key = { idempotencyKey: 'network:telegram:default:77' }
    expect(await live.send('planted', key)).toMatchObject({ kind: 'refused', why: 'key-reserved' })
    const caller = { ...callerAs({ kind: 'sender', id: 'telegram:7' }), method: 'channel' as const }
    expect(await live.send('/help', { ...key, caller })).toMatchObject({ kind: 'accepted' })
    expect(await live.history()).not.toContain('user: planted')
  })

  it('is forgotten after its time, but never while its run goes on', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    const slow = await live.sent('slow', { ...TO_PUPPET, idempotencyKey: 'slow' })
    const quick = await live.sent('/help', { idempotencyKey: 'quick' })
    await quick.ended

    live.time.now += 300_001
    expect(await live.sent('slow', { ...TO_PUPPET, idempotencyKey: 'slow' })).toBe(slow)
    expect(await live.sent('/help', { idempotencyKey: 'quick' })).not.toBe(quick)
  })
})

describe('a run that is stopped', () => {
  it('in the middle ends at once, though its agent does not, and what it said is kept', async () => {
    const { agent, say } = puppet()
    await using live = await liveRuns(agent)
    const run = await live.sent('tell me', TO_PUPPET)
    const piece = new Promise((resolve) => run.onPiece(resolve))
    say('once upon')
    await piece

    expect(live.runs.abort(TO_PUPPET.sessionKey, run.runId)).toEqual([run.runId])
    expect(await run.ended).toMatchObject({ kind: 'aborted', text: 'once upon' })
    const { messages } = await live.conversations.history(TO_PUPPET.sessionKey, 10, 0)
    expect(messages.at(-1)).toMatchObject({ text: 'once upon', stopReason: 'aborted' })
    expect(live.events.at(-1)).toMatchObject({ kind: 'aborted', text: 'once upon' })
  })

  it('before its turn came never starts, and the next one goes on', async () => {
    const { agent, heard, finish } = puppet()
    await using live = await liveRuns(agent)
    const first = await live.sent('1', TO_PUPPET)
    const second = await live.sent('2', TO_PUPPET)
    const third = await live.sent('3', TO_PUPPET)

    expect(live.runs.abort(TO_PUPPET.sessionKey, second.runId)).toEqual([second.runId])
    expect(await second.ended).toMatchObject({ kind: 'aborted', text: '' })
    finish()
    finish()
    await Promise.all([first.ended, third.ended])
    expect(heard).toEqual(['1', '3'])
  })

  it('with all of its session leaves other sessions alone', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    const ours = [await live.sent('1', TO_PUPPET), await live.sent('2', TO_PUPPET)]
    const other = await live.sent('3', { ...TO_PUPPET, sessionKey: 'agent:puppet:other' })

    expect(live.runs.abort(TO_PUPPET.sessionKey, null)).toEqual(ours.map((run) => run.runId))
    await Promise.all(ours.map((run) => run.ended))
    expect(other.end).toBeNull()
  })

  it('by a wrong id, or after it ended, is none', async () => {
    await using live = await liveRuns()
    const run = await live.sent('/help')
    expect(live.runs.abort('agent:main:main', 'another')).toEqual([])
    await run.ended
    expect(live.runs.abort('agent:main:main', run.runId)).toEqual([])
  })
})

describe('an agent that throws', () => {
  it('fails its run, is reported once, and the next message is answered', async () => {
    const broken: Agent = {
      id: 'broken',
      name: 'Broken',
      model: null,
      async *answer(turn) {
        yield 'so far'
        if (turn.message === 'break') throw new Error('the secret path /x')
      },
    }
    await using live = await liveRuns(broken)
    const to = { agentId: 'broken', sessionKey: 'agent:broken:main' }
    const run = await live.sent('break', to)
    expect(await run.ended).toMatchObject({ kind: 'failed', why: 'agent' })
    expect(JSON.stringify(live.events)).not.toContain('secret path')
    expect(live.reports).toHaveLength(1)
    expect(await live.ask('go on', to)).toBe('so far')
  })
})

describe('draining', () => {
  it('waits for what goes on and accepts nothing more', async () => {
    const { agent, say, finish } = puppet()
    await using live = await liveRuns(agent)
    const run = await live.sent('hello', TO_PUPPET)
    const drained = live.runs.drain(10_000)
    expect(await live.send('late', TO_PUPPET)).toMatchObject({ kind: 'refused', why: 'stopping' })
    say('done')
    finish()
    expect(await drained).toEqual({ kind: 'finished' })
    expect(run.end).toMatchObject({ kind: 'answered', text: 'done' })
  })

  it('stops what does not end in time, and keeps what it said', async () => {
    const { agent, say } = puppet()
    await using live = await liveRuns(agent)
    const run = await live.sent('hello', TO_PUPPET)
    await live.sent('waits', TO_PUPPET)
    const piece = new Promise((resolve) => run.onPiece(resolve))
    say('half')
    await piece
    expect(await live.runs.drain(1)).toEqual({ kind: 'stopped', runs: 2 })
    expect(await live.history(TO_PUPPET.sessionKey)).toContain('assistant: half')
  })
})

describe('a full disk', () => {
  it('refuses a message, reports it, and takes it under the same key when there is space', async () => {
    await using live = await liveRuns()
    const key = { idempotencyKey: 'k' }
    live.disk.state = 'full'
    const refused = await live.send('/help', key)
    expect(refused).toMatchObject({ kind: 'refused', why: 'store', detail: DISK_FULL.detail })
    expect(live.reports).toHaveLength(1)
    expect(live.events).toEqual([])

    live.disk.state = 'fine'
    expect(await live.ask('/help', key)).toContain('/help')
    await expect.poll(() => live.runs.busy('agent:main:main')).toBe(false)
  })

  it('fails a run whose answer cannot be kept: nobody hears a final that is not on disk', async () => {
    const { agent, say, finish } = puppet()
    await using live = await liveRuns(agent)
    const run = await live.sent('x', TO_PUPPET)
    live.disk.state = 'full'
    say('lost')
    finish()
    expect(await run.ended).toMatchObject({ kind: 'failed', why: 'store' })
    expect(live.events.map(({ kind }) => kind)).toEqual(['started', 'delta', 'failed'])
    expect(live.reports).toHaveLength(1)
  })

  it('is said by /remember, which then keeps nothing', async () => {
    await using live = await liveRuns()
    const run = await live.sent('/remember x')
    live.disk.state = 'full'
    await run.ended
    expect(JSON.stringify(live.events)).toContain('I could not keep that: the disk is full.')
    live.disk.state = 'fine'
    expect(await live.ask('/recall')).toContain('not told me')
  })
})

describe('an outage that nobody foresaw', () => {
  it('rejects the call that met it and holds up nobody else', async () => {
    await using live = await liveRuns()
    live.disk.state = 'broken'
    await expect(live.send('/help')).rejects.toThrow('nobody foresaw')
    live.disk.state = 'fine'
    expect(await live.ask('/help')).toContain('/help')
  })
})
