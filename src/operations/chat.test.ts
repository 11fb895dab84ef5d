/** `chat.send`, `chat.history`, `chat.abort`: shapes of the wire, and every input that is refused. */
import {
  validateChatAbortParams,
  validateChatHistoryParams,
  validateChatSendParams,
} from '@openclaw/gateway-protocol'
import { describe, expect, it } from 'vitest'
import { puppet } from '../agents/live-runs.fixture.ts'
import { listening, liveOperations, outcome } from './live-operations.fixture.ts'

describe('chat.send', () => {
  it('starts a run with the idempotency key as its id, and says so again for the same call', async () => {
    const { agent, finish } = puppet()
    await using on = await liveOperations(agent)
    const input = { sessionKey: 'agent:puppet:main', message: 'hi', idempotencyKey: 'k-1' }
    expect(validateChatSendParams(input)).toBe(true)

    expect(await outcome(on.chatSend, input)).toEqual({ runId: 'k-1', status: 'started' })
    expect(await outcome(on.chatSend, input)).toEqual({ runId: 'k-1', status: 'in_flight' })
    finish()
    await on.live.runs.drain(10_000)
    expect(await outcome(on.chatSend, input)).toEqual({ runId: 'k-1', status: 'ok' })
  })

  it('says of a repeated call that its run was stopped or failed', async () => {
    const { agent } = puppet()
    const broken = { ...agent, id: 'broken', answer: () => rejecting() }
    await using on = await liveOperations(agent, broken)
    const stopped = { sessionKey: 'agent:puppet:main', message: 'hi', idempotencyKey: 's' }
    await outcome(on.chatSend, stopped)
    await outcome(on.chatAbort, { sessionKey: 'agent:puppet:main' })
    await expect
      .poll(() => outcome(on.chatSend, stopped))
      .toEqual({ runId: 's', status: 'aborted' })

    const failed = { sessionKey: 'agent:broken:main', message: 'hi', idempotencyKey: 'f' }
    await outcome(on.chatSend, failed)
    await expect.poll(() => outcome(on.chatSend, failed)).toEqual({ runId: 'f', status: 'error' })
  })

  it('takes whatever the protocol allows, and makes a key where REST gives none', async () => {
    await using on = await liveOperations()
    const everything = {
      sessionKey: 'main',
      agentId: 'main',
      sessionId: 'some',
      message: '/help',
      thinking: 'low',
      fastMode: 'auto',
      queueMode: 'followup',
      deliver: false,
      originatingChannel: 'webchat',
      replyToId: 'x',
      attachments: [],
      timeoutMs: 0,
      systemInputProvenance: { kind: 'external_user' },
      expectedLeafEntryId: null,
      expectedPermissionMode: null,
      idempotencyKey: 'k',
    }
    expect(validateChatSendParams(everything)).toBe(true)
    expect(await outcome(on.chatSend, everything)).toEqual({ runId: 'k', status: 'started' })

    const keyless = { sessionKey: 'main', message: '/help' }
    const [first, second] = [
      await outcome(on.chatSend, keyless),
      await outcome(on.chatSend, keyless),
    ]
    expect(first).toEqual({ runId: expect.stringMatching(/^run-/), status: 'started' })
    expect(second).not.toEqual(first)
  })

  it.each([
    [{ message: '' }, 'invalid_input: message is empty'],
    [{ message: ' \n\t ' }, 'invalid_input: message is empty'],
    [{ message: 'x'.repeat(100_001) }, 'invalid_input: message is longer than 100000 characters'],
    [{ message: 'a\0b' }, 'invalid_input: message has a NUL character in it'],
    [{ attachments: [{}] }, 'invalid_input: attachments: this gateway takes text only'],
    [{ agentId: 'nobody' }, 'invalid_input: unknown agent id "nobody"'],
    [{ agentId: ' ' }, 'invalid_input: unknown agent id (blank)'],
    [{ sessionKey: 'agent:nobody:main' }, 'invalid_input: unknown agent id'],
    [{ sessionKey: ' ' }, 'invalid_input: sessionKey must be'],
    [{ agentId: '' }, 'schema'],
    [{ sessionKey: '' }, 'schema'],
    [{ sessionKey: null }, 'schema'],
    [{ message: 7 }, 'schema'],
    [{ idempotencyKey: '' }, 'schema'],
    [{ idempotencyKey: 'x'.repeat(257) }, 'schema'],
    [{ unknown: 1 }, 'schema'],
  ])('R14 refuses %j', async (change, expected) => {
    await using on = await liveOperations()
    const input = { sessionKey: 'main', message: '/help', idempotencyKey: 'k', ...change }
    expect(await outcome(on.chatSend, input)).toContain(expected)
    expect(await on.live.history()).toEqual([])
  })

  it('refuses another message under a used key, a full queue, and a gateway that stops', async () => {
    const { agent } = puppet()
    await using on = await liveOperations(agent)
    const send = (message: string, idempotencyKey?: string) =>
      outcome(on.chatSend, {
        sessionKey: 'agent:puppet:main',
        message,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      })
    await send('one', 'k')
    expect(await send('two', 'k')).toContain('invalid_input: this idempotencyKey')
    for (let count = 0; count < 32; count++) await send('more')
    expect(await send('too many')).toContain('busy: ')
    void on.live.runs.drain(0)
    expect(await send('late')).toContain('stopping: the gateway is stopping')
  })

  it('refuses with a reason and a remedy while the store cannot be written', async () => {
    await using on = await liveOperations()
    on.live.disk.state = 'full'
    const answer = await outcome(on.chatSend, { sessionKey: 'main', message: '/help' })
    expect(answer).toBe('store_unavailable: the disk is full')
  })

  it('keeps text that is no Unicode as text that is', async () => {
    await using on = await liveOperations()
    await outcome(on.chatSend, { sessionKey: 'main', message: 'a\ud800b' })
    await on.live.runs.drain(10_000)
    expect((await on.live.history())[0]).toBe('user: a\ufffdb')
  })
})

describe('chat.history', () => {
  it('has messages as the wire has them, oldest first, with the canonical key', async () => {
    await using on = await liveOperations()
    await on.live.ask('/remember x')
    const input = { sessionKey: 'main', limit: 1000 }
    expect(validateChatHistoryParams(input)).toBe(true)
    expect(await outcome(on.chatHistory, input)).toEqual({
      sessionKey: 'agent:main:main',
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      hasMore: false,
      messages: [
        expect.objectContaining({
          role: 'user',
          content: [{ type: 'text', text: '/remember x' }],
          timestamp: on.live.time.now,
        }),
        expect.objectContaining({ role: 'assistant', stopReason: 'stop' }),
      ],
    })
  })

  it('of a session without messages is empty', async () => {
    await using on = await liveOperations()
    expect(await outcome(on.chatHistory, { sessionKey: 'new' })).toEqual({
      sessionKey: 'agent:main:new',
      messages: [],
      hasMore: false,
    })
  })

  it('comes in pages, with numbers as text in a query, and cut where asked', async () => {
    await using on = await liveOperations()
    for (const text of ['/remember 1', '/remember 2']) await on.live.ask(text)
    const first = await outcome(on.chatHistory, { sessionKey: 'main', limit: '2' })
    expect(first).toMatchObject({ hasMore: true, nextOffset: 2 })
    const rest = { sessionKey: 'main', limit: '2', offset: '2', maxChars: '4' }
    expect(await outcome(on.chatHistory, rest)).toMatchObject({
      hasMore: false,
      messages: [{ content: [{ text: '/rem…' }] }, { content: [{ text: 'I wi…' }] }],
    })
  })

  it('tells whoever has a cursor to start over', async () => {
    await using on = await liveOperations()
    const input = { sessionKey: 'main', cursor: 'from elsewhere' }
    expect(await outcome(on.chatHistory, input)).toEqual({ kind: 'reset' })
  })

  it.each([
    [{ sessionKey: 'agent:nobody:main' }, 'invalid_input: unknown agent'],
    [{ sessionKey: '' }, 'schema'],
    [{ sessionKey: 'main', limit: 0 }, 'schema'],
    [{ sessionKey: 'main', limit: 1001 }, 'schema'],
    [{ sessionKey: 'main', limit: 1.5 }, 'schema'],
    [{ sessionKey: 'main', limit: '1e3' }, 'schema'],
    [{ sessionKey: 'main', offset: -1 }, 'schema'],
    [{ sessionKey: 'main', extra: true }, 'schema'],
  ])('refuses %j', async (input, expected) => {
    await using on = await liveOperations()
    expect(await outcome(on.chatHistory, input)).toContain(expected)
  })
})

describe('chat.abort', () => {
  it('stops one run or all of a session, and says which', async () => {
    const { agent } = puppet()
    await using on = await liveOperations(agent)
    const session = { sessionKey: 'agent:puppet:main' }
    for (const idempotencyKey of ['a', 'b', 'c'])
      await outcome(on.chatSend, { ...session, message: 'x', idempotencyKey })

    const one = { ...session, runId: 'b' }
    expect(validateChatAbortParams(one)).toBe(true)
    expect(await outcome(on.chatAbort, one)).toEqual({ ok: true, aborted: true, runIds: ['b'] })
    expect(await outcome(on.chatAbort, one)).toEqual({ ok: true, aborted: false, runIds: [] })
    expect(await outcome(on.chatAbort, session)).toMatchObject({ runIds: ['a', 'c'] })
    expect(await outcome(on.chatAbort, { sessionKey: 'agent:no:main' })).toContain('unknown agent')
  })
})

describe('scopes', () => {
  it('R08 stand where the operations are defined, and what changes says so', async () => {
    await using on = await liveOperations()
    const { live: _, ...operations } = on
    const declared = Object.values(operations)
      .filter((part) => 'requires' in part)
      .map(({ name, requires, changes }) => [name, requires, changes])
    expect(declared).toEqual([
      ['agents.list', 'operator.read', false],
      ['sessions.list', 'operator.read', false],
      ['chat.send', 'operator.write', true],
      ['chat.history', 'operator.read', false],
      ['chat.abort', 'operator.write', true],
      ['agent', 'operator.write', true],
    ])
  })

  it('R50 of the caller hold for a command that came as text', async () => {
    await using on = await liveOperations()
    const { call } = listening()
    const bare = { ...call, principal: { ...call.principal, scopes: [] } }
    const final = await outcome(on.agent, { message: '/status' }, bare)
    expect(JSON.stringify(final)).toContain('needs the scope operator.read')
  })
})

async function* rejecting(): AsyncGenerator<string> {
  yield 'x'
  throw new Error('broken')
}
