import { describe, expect, it } from 'vitest'
import { NO_SURFACE } from '../pairing/surface.ts'
import { MAX_ANSWER_LENGTH, NodeInvocations } from './invocations.ts'
import { MOST_INVOCATIONS, MOST_KEPT_TEXT } from './recent-invocations.ts'
import type { Begun, InvocationEnd, InvocationRequest, NodeConnection } from './types.ts'

const NOBODY = new AbortController().signal

function stage() {
  const time = { now: 1_000_000 }
  const sent: { event: string; payload: Readonly<Record<string, unknown>> }[] = []
  const gone = new AbortController()
  const node = (nodeId: string): NodeConnection => ({
    connectionId: `of ${nodeId}`,
    nodeId,
    claimed: NO_SURFACE,
    version: '1',
    connectedAt: 0,
    send: (event, payload) => void sent.push({ event, payload: { ...payload } }),
    gone: gone.signal,
  })
  const invocations = new NodeInvocations(() => time.now)
  const request = (key: string, nodeId = 'node'): InvocationRequest => ({
    nodeId,
    command: 'snap',
    paramsJSON: null,
    timeoutMs: 60_000,
    owner: 'shared:token',
    idempotencyKey: key,
  })
  const begin = (key: string, nodeId = 'node'): Begun =>
    invocations.begin(request(key, nodeId), node(nodeId))
  const answer = (payloadJSON: string | null, nodeId = 'node'): boolean => {
    const last = sent.findLast(({ event }) => event === 'node.invoke.request')
    const id = String(last?.payload['id'])
    return invocations.answer({ id, end: { kind: 'done', payloadJSON } }, `of ${nodeId}`)
  }
  const earlier = async (key: string): Promise<InvocationEnd | null> => {
    const begun = invocations.earlier(request(key))
    return begun?.kind === 'begun' ? begun.wait(NOBODY) : null
  }
  return { time, sent, gone, invocations, request, begin, answer, earlier }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('what ran', () => {
  it('is remembered for five minutes, and not longer', async () => {
    const { time, begin, answer, earlier } = stage()
    begin('a')
    answer('1')
    await settled()
    time.now += 299_999
    expect(await earlier('a')).toEqual({ kind: 'done', payloadJSON: '1' })
    time.now += 1
    expect(await earlier('a')).toBeNull()
  })

  it('is not forgotten while it goes on', async () => {
    const { time, invocations, request, begin } = stage()
    begin('a')
    time.now += 10_000_000
    expect(invocations.earlier(request('a'))).toMatchObject({ kind: 'begun' })
  })

  it('does not run again when its answer was too large to be kept beside others', async () => {
    const { begin, answer, earlier } = stage()
    const text = 'x'.repeat(MAX_ANSWER_LENGTH)
    const fits = MOST_KEPT_TEXT / MAX_ANSWER_LENGTH
    for (const key of Array.from({ length: fits + 1 }, (_, n) => `key-${n}`)) {
      begin(key)
      answer(text)
      await settled()
    }
    expect(await earlier('key-0')).toMatchObject({ kind: 'done' })
    expect(await earlier(`key-${fits}`)).toEqual({ kind: 'not-kept' })
  })

  it('makes room, oldest first, once the table is full, but never of what goes on', async () => {
    const { begin, answer, earlier, invocations, request } = stage()
    for (const n of Array.from({ length: MOST_INVOCATIONS }, (_, index) => index)) {
      begin(`key-${n}`)
      if (n > 0) answer(null)
      await Promise.resolve()
    }
    await settled()
    expect(await earlier('key-1')).toBeNull()
    expect(invocations.earlier(request('key-0'))).toMatchObject({ kind: 'begun' })
    expect(begin('one more').kind).toBe('begun')
  })

  it('is refused where as many go on as may', () => {
    const { begin } = stage()
    const kinds = Array.from({ length: MOST_INVOCATIONS + 1 }, (_, n) =>
      begin(`key-${n}`, `node-${n % 100}`),
    ).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'begun')).toHaveLength(MOST_INVOCATIONS)
    expect(kinds.at(-1)).toBe('busy')
  })
})

it('a node that is gone before it could be asked is gone', async () => {
  const { gone, begin } = stage()
  gone.abort()
  const begun = begin('a')
  expect(begun.kind === 'begun' && (await begun.wait(NOBODY))).toEqual({ kind: 'gone' })
})
