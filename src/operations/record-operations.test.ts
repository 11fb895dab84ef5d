import { LogsTailParamsSchema, LogsTailResultSchema } from '@openclaw/gateway-protocol/schema'
import { describe, expect, test } from 'vitest'
import { LogRing } from '../host/log-ring.ts'
import { refusedEntry } from '../record/record.fixture.ts'
import type { Found, Stored } from '../record/read.ts'
import { logsTail } from './logs-tail.ts'
import { runOperation } from './operator-call.fixture.ts'
import { recordList } from './record-list.ts'
import { recordWhy } from './record-why.ts'

describe('logs.tail', () => {
  const ring = new LogRing('/state/logs/gateway.log', { lines: [], size: 0 })
  for (const line of ['{"msg":"a"}', '{"msg":"b"}']) ring.push(line)
  const operation = logsTail(ring)

  test.each([
    [{}],
    [{ limit: 1 }],
    [{ cursor: 999 }],
    [{ cursor: 12, limit: 200, maxBytes: 250_000 }],
  ])('answers %j with what the protocol says', async (params) => {
    const { default: Value } = await import('typebox/value')
    expect(Value.Check(LogsTailParamsSchema, params)).toBe(true)
    expect(Value.Check(LogsTailResultSchema, await runOperation(operation, params))).toBe(true)
  })

  test('takes numbers from a query', async () => {
    expect(await runOperation(operation, { cursor: '12', limit: '5' })).toMatchObject({
      lines: ['{"msg":"b"}'],
    })
  })

  test.each([
    [{ limit: 0 }],
    [{ limit: 5001 }],
    [{ cursor: -1 }],
    [{ maxBytes: 1_000_001 }],
    [{ limit: 'x' }],
    [{ limit: 1.5 }],
    [{ other: 1 }],
    [{ limit: true }],
    [{ limit: '' }],
  ])('refuses %j', async (params) => {
    await expect(runOperation(operation, params)).rejects.toThrow()
  })

  test('needs operator.read, and changes nothing', () => {
    expect(operation).toMatchObject({ requires: 'operator.read', changes: false, websocket: true })
    expect(operation.http).toMatchObject({ method: 'GET', path: '/api/v1/logs' })
  })
})

describe('record.list', () => {
  const asked: unknown[] = []
  const entries: readonly Stored[] = [
    {
      sequence: 2,
      entry: { kind: 'request', ...refusedEntry('a-1'), forwarding: [], failures: [], trace: [] },
    },
  ]
  const operation = recordList({
    list(filter) {
      asked.push(filter)
      return Promise.resolve(entries)
    },
  })

  test('passes what was asked on, with a limit', async () => {
    expect(await runOperation(operation)).toEqual({ entries })
    await runOperation(operation, { kind: 'auth', since: '1000', client: '203.0.113.9', limit: 7 })
    expect(asked).toEqual([
      { kind: null, since: null, client: null, limit: 100 },
      { kind: 'auth', since: 1000, client: '203.0.113.9', limit: 7 },
    ])
  })

  test.each([
    [{ kind: 'all' }],
    [{ limit: 1001 }],
    [{ since: 'yesterday' }],
    [{ client: '' }],
    [{ other: 1 }],
  ])('refuses %j', async (params) => {
    await expect(runOperation(operation, params)).rejects.toThrow()
  })

  test('needs operator.admin', () => {
    expect(operation).toMatchObject({ requires: 'operator.admin', changes: false })
  })
})

describe('record.why', () => {
  const found: Found = {
    kind: 'request',
    sequence: 2,
    entry: {
      kind: 'request',
      ...refusedEntry('a-1'),
      forwarding: ['x-forwarded-for'],
      failures: [],
      trace: [],
    },
    change: 'none',
    changeCode: null,
  }
  const operation = recordWhy({ find: (id) => Promise.resolve(id === 'a-1' ? found : null) })

  test('answers the entry and its explanation', async () => {
    expect(await runOperation(operation, { requestId: 'a-1' })).toEqual({
      entry: found,
      text: expect.stringContaining('token_mismatch'),
    })
  })

  test('says why it may not know a request', async () => {
    await expect(runOperation(operation, { requestId: 'a-2' })).rejects.toMatchObject({
      name: 'Refusal',
      reason: 'unknown_entry',
      message: expect.stringContaining('The record has no request a-2'),
    })
  })

  test.each([
    [{}],
    [{ requestId: '' }],
    [{ requestId: '../x' }],
    [{ requestId: 'a'.repeat(65) }],
    [{ requestId: 'a-1', x: 1 }],
  ])('refuses %j', async (params) => {
    await expect(runOperation(operation, params)).rejects.toThrow()
  })

  test('needs operator.admin', () => {
    expect(operation).toMatchObject({ requires: 'operator.admin', changes: false })
  })
})
