/** Who finds room while others fill the gateway with messages. */
import { describe, expect, it } from 'vitest'
import { callerAs, liveRuns, puppet } from './live-runs.fixture.ts'
import { MAX_OF_GUEST, MAX_RUNS, MAX_WAITING } from './run-room.ts'

const TO_PUPPET = { agentId: 'puppet', sessionKey: 'agent:puppet:main' }

describe('guests', () => {
  const guest = (id: string) => callerAs({ kind: 'device', id, role: 'webchat', scopes: [] })
  const chatOf = (id: string) => ({
    agentId: 'puppet',
    sessionKey: `agent:puppet:webchat:device:${id}`,
    caller: guest(id),
  })

  it('wait with so many messages each, and others find room', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    for (let count = 0; count < MAX_OF_GUEST; count++) await live.sent(`${count}`, chatOf('a'))
    expect(await live.send('x', chatOf('a'))).toMatchObject({ kind: 'refused', why: 'busy' })
    const elsewhere = { ...chatOf('a'), sessionKey: 'agent:puppet:other' }
    expect(await live.send('x', elsewhere)).toMatchObject({ kind: 'refused', why: 'busy' })
    expect(await live.send('x', chatOf('b'))).toMatchObject({ kind: 'accepted' })

    live.runs.abort(chatOf('a').sessionKey, null)
    await expect.poll(() => live.runs.busy(chatOf('a').sessionKey)).toBe(false)
    expect(await live.send('x', chatOf('a'))).toMatchObject({ kind: 'accepted' })
  })

  it('are turned away before the gateway is full, so that whoever may write everywhere is heard', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    const chat = (count: number) => chatOf(`g${count % 32}`)
    const sent = { accepted: 0, refused: 0 }
    for (let count = 0; count < MAX_RUNS; count++) sent[(await live.send('x', chat(count))).kind]++
    expect(sent.accepted).toBeLessThan(MAX_RUNS)
    expect(sent.refused).toBe(MAX_RUNS - sent.accepted)
    for (let count = 0; count < sent.refused; count++) {
      const here = { ...TO_PUPPET, sessionKey: `agent:puppet:${count}` }
      expect(await live.send('x', here)).toMatchObject({ kind: 'accepted' })
    }
    expect(await live.send('x', TO_PUPPET)).toMatchObject({ kind: 'refused', why: 'busy' })
  })

  it('leave room in a conversation that they share with the owner', async () => {
    const { agent } = puppet()
    await using live = await liveRuns(agent)
    const sent = { accepted: 0, refused: 0 }
    for (let count = 0; count <= MAX_WAITING; count++)
      sent[(await live.send('x', { ...TO_PUPPET, caller: guest(`${count}`) })).kind]++
    expect(sent.refused).toBeGreaterThan(0)
    expect(await live.send('x', TO_PUPPET)).toMatchObject({ kind: 'accepted' })
  })
})
