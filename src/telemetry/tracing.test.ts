import { expect, test } from 'vitest'
import type { RunEvent } from '../agents/types.ts'
import type { EndedRequest } from '../server/gateway.ts'
import type { Span } from './span.ts'
import { Tracing } from './tracing.ts'

const REQUEST: EndedRequest = {
  requestId: 'r-1',
  surface: 'http',
  operation: 'agent',
  decision: null,
  outcome: { kind: 'served', output: null },
  ms: 1,
}

function event(kind: 'started' | 'final' | 'aborted', runId = 'one'): RunEvent {
  const own = { agentId: 'main', sessionId: 's', sessionKey: 'agent:main:main', seq: 0, at: 0 }
  return { ...own, kind, runId, text: 'what they said' }
}

function tracing(sampleRatio = 1) {
  const spans: Span[] = []
  const live = new Tracing()
  live.configure({ sink: { add: (span) => void spans.push(span) }, sampleRatio })
  return { live, spans, names: () => spans.map(({ name }) => name) }
}

test('off, nothing is made', () => {
  const live = new Tracing()
  expect(live.begin()).toBeNull()
  const { live: on, spans } = tracing()
  on.configure(null)
  on.run(event('started'))
  on.run(event('final'))
  expect(on.begin()).toBeNull()
  expect(spans).toEqual([])
})

test('a run that an operation began is below it, also when it begins after a while', async () => {
  const { live, spans } = tracing()
  const trace = live.begin()
  await trace?.within(async () => {
    await new Promise((resolve) => setImmediate(resolve))
    live.run(event('started'))
  })
  trace?.ended(REQUEST)
  live.run(event('final'))
  const [perform, request, run] = spans
  expect([perform?.name, request?.name, run?.name]).toEqual(['perform agent', 'agent', 'agent run'])
  expect(run).toMatchObject({ traceId: request?.traceId, parentSpanId: perform?.spanId })
  expect(perform?.parentSpanId).toBe(request?.spanId)
  expect(JSON.stringify(spans)).not.toContain('what they said')
})

test('a run that nobody here asked for is a trace of its own', () => {
  const { live, spans } = tracing()
  live.run(event('started'))
  live.run(event('aborted', 'another that waited'))
  live.run(event('final'))
  expect(spans).toHaveLength(1)
  expect(spans[0]).toMatchObject({ name: 'agent run', parentSpanId: null })
})

test('what is not sampled leaves nothing, its runs included', () => {
  const { live, spans } = tracing(0)
  const trace = live.begin()
  trace?.within(() => live.run(event('started')))
  live.run(event('final'))
  trace?.ended(REQUEST)
  expect(spans).toEqual([])
})
