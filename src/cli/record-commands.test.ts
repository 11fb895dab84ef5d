import { describe, expect, it } from 'vitest'
import { NOW, testContext } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'
import type { Parts, RecordLine, RecordQuery } from './parts.ts'
import { localTime } from './output.ts'
import { run } from './run.ts'
import { standIn } from './stand-in.fixture.ts'

closeGatewaysAfterEach()

describe('auth', () => {
  const explained = {
    outcome: 'refused',
    status: 401,
    code: 'token_mismatch',
    fix: 'Compare the fingerprint.',
    principal: null,
    method: null,
    clientAddress: '203.0.113.9',
    operation: 'whoami',
    trace: [{ step: 'token', verdict: 'reject', reason: 'token_mismatch', detail: 'hmac:1' }],
  }

  it('explain sends the request in words and prints what became of it', async () => {
    const { openclaw, server } = await gateway({ 'auth.explain': explained })
    const { code, out } = await openclaw(
      'auth',
      'explain',
      '--peer',
      '10.0.0.1',
      '--header',
      'X-Forwarded-For: 203.0.113.9',
      '--header',
      'A: b',
      '--bearer',
      'guess',
      '--origin',
      'https://x.test',
    )
    expect(code).toBe(0)
    expect(server.received[0]?.params).toEqual({
      method: 'GET',
      path: '/api/v1/whoami',
      peer: '10.0.0.1',
      headers: [
        'Host: localhost',
        'Authorization: Bearer guess',
        'Origin: https://x.test',
        'X-Forwarded-For: 203.0.113.9',
        'A: b',
      ],
    })
    for (const words of [
      'refused: HTTP 401',
      '203.0.113.9',
      'reject   token_mismatch: hmac:1',
      'next: Compare',
    ])
      expect(out).toContain(words)
    expect(out).not.toContain('guess')
  })

  it('explain takes the Host header as it is given', async () => {
    const { openclaw, server } = await gateway({ 'auth.explain': explained })
    await openclaw('auth', 'explain', '--header', 'host: evil.test')
    await openclaw('auth', 'explain', '--host', 'evil.test')
    expect(server.received.map(({ params }) => params)).toMatchObject([
      { headers: ['host: evil.test'] },
      { headers: ['Host: evil.test'] },
    ])
  })

  const recordOf = (answers: ({ text: string; value: object } | null)[]): Partial<Parts> => {
    const files = {
      list: async () => [],
      async *follow() {},
      verify: () => expect.unreachable(),
      find: async () => answers.shift() ?? null,
    }
    return { record: async () => files }
  }

  it('why prints what the record says, also of a request that is only just being written', async () => {
    const found = { text: 'Request r-1 was refused', value: { entry: {} } }
    const { context, written } = testContext(
      { ...recordOf([null, null, found]), gatewayInfo: async () => ({ pid: 42 }) },
      { now: Date.now },
    )
    expect(await run(['auth', 'why', 'r-1'], context)).toBe(0)
    expect(written.out).toBe('Request r-1 was refused\n')
  })

  it('why asks the remote gateway where one is meant', async () => {
    const remote = await standIn('port', () => ({
      payload: { entry: {}, text: 'Request r-1 was allowed' },
    }))
    const { context, written } = testContext()
    expect(
      await run(['auth', 'why', 'r-1', '--url', `http://127.0.0.1:${remote.port}`], context),
    ).toBe(0)
    expect([remote.received, written.out]).toEqual([
      [{ method: 'record.why', params: { requestId: 'r-1' } }],
      'Request r-1 was allowed\n',
    ])
    await remote.close()
  })

  it('why tells the time as every other command does', async () => {
    const text = 'Request r-1 was refused\n  when        2026-11-20T12:00:00.000Z'
    const { context, written } = testContext(recordOf([{ text, value: {} }]))
    expect(await run(['auth', 'why', 'r-1'], context)).toBe(0)
    expect(written.out).toContain(`  when        ${localTime(NOW)}\n`)
  })

  it('why refuses what is no id', async () => {
    const { context } = testContext()
    expect(await run(['auth', 'why', '../../etc/passwd'], context)).toBe(2)
  })
})

describe('logs', () => {
  const request: RecordLine = {
    sequence: 1,
    entry: {
      kind: 'request',
      at: NOW,
      outcome: 'refused',
      code: 'token_mismatch',
      operation: 'whoami',
      principal: null,
      client: '203.0.113.9\u001b[2J',
      peer: '127.0.0.1',
      requestId: 'r-1',
    },
  }
  const others = ['closed', 'note', 'folded', 'summary', 'of-a-later-version'].map(
    (kind, sequence): RecordLine => ({
      sequence,
      entry: { kind, at: NOW, event: 'gateway.start', count: 3 },
    }),
  )

  async function logs(words: readonly string[], lines: readonly RecordLine[] = [request]) {
    const asked: (RecordQuery & { readonly limit: number })[] = []
    const record: Parts['record'] = async () => ({
      list: async (query) => {
        asked.push(query)
        return lines
      },
      async *follow() {
        yield request
      },
      find: async () => null,
      verify: async () => ({
        kind: 'broken',
        file: '1.jsonl',
        line: 3,
        sequence: 9,
        what: 'the line is not one of ours',
      }),
    })
    const { context, written } = testContext({ record })
    return { code: await run(['logs', ...words], context), asked, ...written }
  }

  it('prints a line an entry, and passes the filter on', async () => {
    const { out, asked } = await logs([
      'auth',
      '--since',
      '1h',
      '--client',
      '203.0.113.9',
      '--limit',
      '5',
    ])
    expect(out).toMatch(
      /^2026-11-20 \d\d:\d\d:00 [+-]\d\d:\d\d refused token_mismatch whoami from 203\.0\.113\.9\?\[2J through 127\.0\.0\.1 request=r-1\n$/,
    )
    expect(asked).toEqual([
      { kind: 'auth', since: NOW - 3_600_000, client: '203.0.113.9', limit: 5 },
    ])
  })

  it('prints every kind of entry, known or not, on one line each', async () => {
    const { out } = await logs([], others)
    expect(out.trim().split('\n')).toHaveLength(others.length)
  })

  it('--json prints one object a line; --follow goes on', async () => {
    const { out } = await logs(['--json', '--follow'])
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([request, request])
  })

  it.each([[['--since', 'yesterday']], [['--limit', '0']], [['--client', 'nope']]])(
    '%j is used wrongly',
    async (words) => expect((await logs(words)).code).toBe(2),
  )

  it('a client address counts however it is written', async () => {
    const { asked } = await logs(['--client', '::FFFF:203.0.113.9'])
    expect(asked).toMatchObject([{ client: '203.0.113.9' }])
  })

  it('says that there are no entries, beside what scripts read', async () => {
    expect(await logs([], [])).toMatchObject({ code: 0, out: '', err: 'no entries\n' })
  })

  it('verify does not call a record intact that is not there', async () => {
    const { context, written } = testContext({ stateDir: () => '/srv/claw' })
    expect(await run(['logs', 'verify'], context)).toBe(1)
    expect(written.err).toContain('there is no record in /srv/claw/records')
  })

  it('verify names the place, exit 1', async () => {
    const { code, err } = await logs(['verify'])
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('records/1.jsonl:3: the line is not one of ours'),
    ])
    expect(JSON.parse((await logs(['verify', '--json'])).out)).toMatchObject({
      kind: 'broken',
      line: 3,
    })
  })
})
