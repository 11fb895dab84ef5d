import { describe, expect, test, vi } from 'vitest'
import { recordText, refusedEntry, requestEntry, verifyTest } from './record.fixture.ts'
import { findRequest, listRecord } from './read.ts'
import { testRecords } from './test-records.fixture.ts'

const record = testRecords()

const kind = (principal: string, client: string, operation: string, by = 'token') => ({
  principal,
  client,
  operation,
  by,
})

const ALL = { kind: null, since: null, client: null, limit: 10_000 } as const

describe('changes', () => {
  test('an opened change is on disk when open resolves, and its end when close does', async () => {
    const files = record()
    const open = await files.open()
    const change = await open.open(requestEntry('a-1'))
    expect(recordText(files)).toContain('"kind":"opened","requestId":"a-1"')
    expect(await findRequest(files.dir, 'a-1')).toMatchObject({ change: 'open' })
    await open.close(change, 'failed', 'internal_error')
    expect(await findRequest(files.dir, 'a-1')).toMatchObject({
      change: 'failed',
      changeCode: 'internal_error',
    })
    await open.stop()
  })

  test('many at once share syncs and are all there', async () => {
    const files = record()
    const open = await files.open()
    const ids = Array.from({ length: 3000 }, (_, index) => `a-${index}`)
    const changes = await Promise.all(ids.map((id) => open.open(requestEntry(id))))
    await Promise.all(changes.map((change) => open.close(change, 'done', null)))
    await open.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact', entries: 6001 })
  })

  test('a change that was cut off by a crash stays visible as open after the next start', async () => {
    const files = record()
    const first = await files.open()
    await first.open(requestEntry('a-1'))
    const second = await files.open()
    expect(await findRequest(files.dir, 'a-1')).toMatchObject({ kind: 'request', change: 'open' })
    await second.stop()
  })
})

describe('what is written', () => {
  test('R32: beyond fifty a second refusals become one summary, which still answers for each', async () => {
    const files = record()
    const now = { at: 1_000_000 }
    const open = await files.open({ clock: () => now.at })
    for (let index = 0; index < 5000; index += 1) {
      const code = index % 3 === 0 ? 'origin_not_allowed' : 'nothing_presented'
      open.write(
        refusedEntry(`abcdef-${index.toString(36)}`, {
          code,
          failures: [],
          client: `198.51.100.${index % 40}`,
        }),
      )
    }
    for (let index = 5000; index < 5060; index += 1)
      open.write(refusedEntry(`abcdef-${index.toString(36)}`))
    now.at += 1000
    open.write(refusedEntry('later-1'))
    await open.stop()
    const entries = (await listRecord(files.dir, ALL)).map(({ entry }) => entry)
    expect(entries.filter(({ kind }) => kind === 'request')).toHaveLength(101)
    const summaries = entries.filter(({ kind }) => kind === 'summary')
    expect(summaries).toMatchObject([{ count: 4960, otherClients: 2480, unlisted: 0 }])
    expect(JSON.stringify(summaries).length).toBeLessThan(20_000)
    for (const index of [50, 51, 3000, 4999, 5055]) {
      const code =
        index >= 5000
          ? 'token_mismatch'
          : index % 3 === 0
            ? 'origin_not_allowed'
            : 'nothing_presented'
      expect(await findRequest(files.dir, `abcdef-${index.toString(36)}`)).toMatchObject({
        kind: 'summarised',
        code,
      })
    }
    expect(await findRequest(files.dir, `abcdef-${(49).toString(36)}`)).toMatchObject({
      kind: 'request',
    })
    expect(await findRequest(files.dir, `abcdef-${(5060).toString(36)}`)).toBeNull()
    expect(files.printed).toHaveLength(102)
    expect(files.printed[100]).toMatch(/^auth refused 4960 more: /)
  })

  test('allows alike are written once and counted until the minute ends', async () => {
    const files = record()
    const open = await files.open({ clock: () => 60_000 })
    expect(open.fold(kind('shared:token', '203.0.113.9', 'whoami'))).toBe(false)
    expect(open.fold(kind('shared:token', '203.0.113.9', 'whoami'))).toBe(true)
    expect(open.fold(kind('shared:token', '203.0.113.9', 'whoami'))).toBe(true)
    expect(open.fold(kind('shared:token', '203.0.113.9', 'health'))).toBe(false)
    expect(open.fold(kind('shared:token', '203.0.113.10', 'whoami'))).toBe(false)
    expect(open.fold(kind('user:a@example.org', '203.0.113.9', 'whoami'))).toBe(false)
    expect(open.fold(kind('shared:token', '203.0.113.9', 'whoami', 'another one'))).toBe(false)
    await open.stop()
    const entries = (await listRecord(files.dir, ALL)).map(({ entry }) => entry)
    expect(entries.filter(({ kind }) => kind === 'folded')).toMatchObject([
      { principal: 'shared:token', client: '203.0.113.9', operation: 'whoami', count: 2 },
    ])
  })

  test('the minute ends by the clock, also when that was set back', async () => {
    const files = record()
    const now = { at: 60_000 }
    const open = await files.open({ clock: () => now.at })
    open.fold(kind('a', 'b', 'c'))
    open.fold(kind('a', 'b', 'c'))
    now.at = 59_999
    await vi.waitFor(() => expect(recordText(files)).toContain('"kind":"folded"'), {
      timeout: 5000,
      interval: 20,
    })
    expect(open.fold(kind('a', 'b', 'c'))).toBe(false)
    await open.stop()
  })

  test('a full table of counts is written out early, and stays bounded', async () => {
    const files = record()
    const open = await files.open({ clock: () => 60_000 })
    open.fold(kind('first', 'b', 'c'))
    open.fold(kind('first', 'b', 'c'))
    for (let index = 0; index < 50_000; index += 1) open.fold(kind('a', `c${index}`, 'whoami'))
    expect(open.fold(kind('first', 'b', 'c'))).toBe(false)
    await open.flush()
    expect(recordText(files)).toContain(
      '"principal":"first","client":"b","operation":"c","by":"token","count":1',
    )
    await open.stop()
  })

  test('the head follows within a second, without a stop', async () => {
    const files = record()
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    await vi.waitFor(() => expect(files.heads.load()?.sequence).toBe(2), {
      timeout: 5000,
      interval: 20,
    })
    await open.stop()
  })

  test('a refusal is printed as one line that nobody can forge', async () => {
    const files = record()
    const open = await files.open()
    open.write(
      refusedEntry('a-1', {
        origin: 'https://x\nauth refused\u001b[31m a=b',
        code: 'origin_not_allowed',
      }),
    )
    await open.stop()
    expect(files.printed).toEqual([
      'auth refused origin_not_allowed client=203.0.113.9 peer=127.0.0.1 operation=whoami origin=? request=a-1',
    ])
  })

  test('what a caller wrote is held to a length', async () => {
    const files = record()
    const open = await files.open()
    open.write(
      requestEntry('a-1', {
        host: 'h'.repeat(9000),
        origin: 'o'.repeat(9000),
        principal: 'p'.repeat(9000),
      }),
    )
    await open.stop()
    expect(recordText(files).length).toBeLessThan(2500)
  })

  test('R59, R61: a secret that got into an entry does not reach the disk', async () => {
    const files = record()
    const open = await files.open({
      scrub: (json) => json.replaceAll('hunter2hunter2', '[redacted]'),
    })
    open.write(requestEntry('a-1', { host: 'hunter2hunter2' }))
    await open.open(requestEntry('a-2', { origin: 'https://hunter2hunter2' }))
    open.note({
      at: 1,
      event: 'gateway.start',
      by: null,
      facts: { argv: '--token hunter2hunter2' },
    })
    await open.stop()
    expect(recordText(files)).not.toContain('hunter2')
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact' })
  })

  test('a wrong guess beside a right credential keeps a budget like other guesses', async () => {
    const files = record()
    const open = await files.open({ clock: () => 5 })
    const failures = [{ class: 'shared', reason: 'token_mismatch', fingerprint: 'hmac:1' }] as const
    for (let index = 0; index < 51; index += 1)
      open.write(requestEntry(`ab-${index.toString(36)}`, { failures }))
    await open.stop()
    expect(await findRequest(files.dir, `ab-${(50).toString(36)}`)).toMatchObject({
      code: 'allowed_despite_token_mismatch',
    })
    expect(files.printed).toHaveLength(1)
  })
})
