/** Events of runs: each against the protocol's own schema, in order, for those who may read. */
import { ChatEventSchema, AgentEventSchema } from '@openclaw/gateway-protocol/schema'
import { Compile } from 'typebox/compile'
import { expect, it } from 'vitest'
import { liveRuns, puppet } from '../agents/live-runs.fixture.ts'
import type { RunEvent } from '../agents/types.ts'
import { memoryBus } from './bus.ts'
import { publishRuns } from './chat-events.ts'
import type { GatewayEvent } from './types.ts'

const CHAT = Compile(ChatEventSchema)
const AGENT = Compile(AgentEventSchema)

function published(events: readonly RunEvent[]): GatewayEvent[] {
  const bus = memoryBus()
  const heard: GatewayEvent[] = []
  bus.subscribe((event) => heard.push(event))
  const publish = publishRuns(bus)
  for (const event of events) publish(event)
  return heard
}

const FACT = {
  runId: 'r',
  agentId: 'main',
  sessionKey: 'agent:main:main',
  sessionId: 's',
  seq: 3,
  at: 5,
}

it('every kind of event fits the schema of the protocol and is for readers alone', () => {
  const events = published([
    { ...FACT, kind: 'started' },
    { ...FACT, kind: 'delta', piece: 'b', text: 'ab' },
    { ...FACT, kind: 'final', text: 'ab' },
    { ...FACT, kind: 'aborted', text: 'a' },
    { ...FACT, kind: 'aborted', text: '' },
    { ...FACT, kind: 'failed', detail: 'why' },
  ])
  for (const { event, payload, scope } of events) {
    const fits = event === 'chat' ? CHAT.Check(payload) : AGENT.Check(payload)
    expect([event, payload, fits]).toEqual([event, payload, true])
    expect(scope).toBe('operator.read')
  }
  expect(events.filter(({ droppable }) => droppable)).toHaveLength(2)
})

it('of a whole run say start, pieces with all text so far, end and final, with one count', async () => {
  const { agent, say, finish } = puppet()
  await using live = await liveRuns(agent)
  const run = await live.sent('x', { agentId: 'puppet', sessionKey: 'agent:puppet:main' })
  say('a')
  say('b')
  finish()
  await run.ended

  const heard = published(live.events).map(({ event, payload }) => [event, payload])
  const text = (value: string) => ({ content: [{ type: 'text', text: value }] })
  expect(heard).toMatchObject([
    ['agent', { seq: 0, stream: 'lifecycle', data: { phase: 'start' } }],
    ['agent', { seq: 1, stream: 'assistant', data: { text: 'a', delta: 'a' } }],
    ['chat', { seq: 1, state: 'delta', deltaText: 'a', message: text('a') }],
    ['agent', { seq: 2, stream: 'assistant', data: { text: 'ab', delta: 'b' } }],
    ['chat', { seq: 2, state: 'delta', deltaText: 'b', message: text('ab') }],
    ['agent', { seq: 3, stream: 'lifecycle', data: { phase: 'end' } }],
    ['chat', { seq: 3, state: 'final', message: text('ab'), sessionKey: 'agent:puppet:main' }],
  ])
})
