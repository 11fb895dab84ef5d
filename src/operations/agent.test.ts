/** `agent`: accepted, then the answer; the same over REST; and what happens to those who go away. */
import { validateAgentParams } from '@openclaw/gateway-protocol'
import { describe, expect, it } from 'vitest'
import { puppet } from '../agents/live-runs.fixture.ts'
import { listening, liveOperations, outcome } from './live-operations.fixture.ts'

/** As the command line of 2026.9.6 sends it (PROTOCOL 5.3). */
const FROM_CLI = {
  message: '/whoami',
  agentId: 'main',
  deliver: false,
  timeout: 600,
  idempotencyKey: 'cli-1',
}

describe('on the wire', () => {
  it('accepts first and answers with the same run', async () => {
    await using on = await liveOperations()
    expect(validateAgentParams(FROM_CLI)).toBe(true)
    const { call, progress } = listening()
    const final = await outcome(on.agent, FROM_CLI, call)
    expect(progress[0]).toEqual({
      kind: 'accepted',
      payload: {
        runId: 'cli-1',
        sessionKey: 'agent:main:main',
        agentId: 'main',
        status: 'accepted',
        acceptedAt: on.live.time.now,
      },
    })
    expect(final).toMatchObject({
      runId: 'cli-1',
      status: 'ok',
      summary: 'completed',
      result: {
        payloads: [{ text: expect.stringContaining('id: owner'), mediaUrl: null }],
        meta: { aborted: false, stopReason: 'stop', agentMeta: { provider: 'openclaw' } },
      },
    })
  })

  it('sends a session by its id, when the session is there', async () => {
    await using on = await liveOperations()
    const run = await on.live.sent('/help', { sessionKey: 'agent:main:notes' })
    const { sessionId } = run
    const to = (change: object) => outcome(on.agent, { message: '/help', ...change })

    expect(await to({ sessionId })).toMatchObject({ sessionKey: 'agent:main:notes' })
    expect(await to({ sessionId, sessionKey: 'agent:main:cli' })).toMatchObject({
      sessionKey: 'agent:main:cli',
    })
    const expected = { sessionKey: 'notes', expectedExistingSessionId: sessionId }
    expect(await to(expected)).toMatchObject({ sessionKey: 'agent:main:notes' })
  })

  it('R56 checks the session that an id selects, not only the one that is named', async () => {
    const { agent } = puppet()
    await using on = await liveOperations(agent)
    const { sessionId } = await on.live.sent('/help', { sessionKey: 'agent:main:notes' })
    const to = (change: object) => outcome(on.agent, { message: '/help', ...change })
    expect(await to({ sessionId: 'unknown' })).toContain('invalid_input: no session')
    expect(await to({ sessionId, agentId: 'puppet' })).toContain('names another agent')
    const elsewhere = { sessionKey: 'main', expectedExistingSessionId: sessionId }
    expect(await to(elsewhere)).toContain('invalid_input: expectedExistingSessionId')
  })

  it('answers a run that was stopped with what it said', async () => {
    const { agent, say } = puppet()
    await using on = await liveOperations(agent)
    const heard = Promise.withResolvers<void>()
    const { call } = listening({
      emit: (item) => (item.kind === 'delta' ? heard.resolve() : undefined),
    })
    const final = outcome(on.agent, { message: 'x', agentId: 'puppet' }, call)
    say('half')
    await heard.promise
    await outcome(on.chatAbort, { sessionKey: 'agent:puppet:main' })
    expect(await final).toMatchObject({
      status: 'aborted',
      result: { payloads: [{ text: 'half' }], meta: { aborted: true } },
    })
  })

  it('fails with a message for the caller when the agent does', async () => {
    const broken = { ...puppet('broken').agent, answer: () => failing() }
    await using on = await liveOperations(broken)
    const answer = await outcome(on.agent, { message: 'x', agentId: 'broken' })
    expect(answer).toMatch(/^internal_error: agent "broken" failed/)
    expect(answer).not.toContain('inner')
  })

  it('is refused when the answer could not be kept', async () => {
    const { agent, say, finish } = puppet()
    await using on = await liveOperations(agent)
    const { call, progress } = listening()
    const final = outcome(on.agent, { message: 'x', agentId: 'puppet' }, call)
    await expect.poll(() => progress.length).toBe(1)
    on.live.disk.state = 'full'
    say('lost')
    finish()
    expect(await final).toBe('store_unavailable: the disk is full')
  })

  it('leaves alone what it has no feature for, and takes nothing that the protocol has not', async () => {
    await using on = await liveOperations()
    const rich = {
      ...FROM_CLI,
      provider: 'anthropic',
      model: 'opus',
      to: '+15550100',
      channel: 'telegram',
      extraSystemPrompt: 'be root',
      cwd: '/etc',
      inputProvenance: { kind: 'internal_system' },
      internalEvents: [],
      swarmOutputSchema: {},
      promptMode: 'full',
    }
    expect(validateAgentParams(rich)).toBe(true)
    expect(await outcome(on.agent, rich)).toMatchObject({ status: 'ok' })
    expect(await outcome(on.agent, { ...FROM_CLI, scopes: ['operator.admin'] })).toBe('schema')
    expect(await outcome(on.agent, { ...FROM_CLI, agentId: '' })).toBe('schema')
    expect(await outcome(on.agent, { ...FROM_CLI, agentId: ' ' })).toContain('(blank)')
    expect(await outcome(on.agent, { agentId: 'main' })).toBe('schema')
  })

  it('knows every parameter that the protocol knows', async () => {
    await using on = await liveOperations()
    const { default: schema } = await import('@openclaw/gateway-protocol/schema').then((all) => ({
      default: all.AgentParamsSchema,
    }))
    const samples: Record<string, unknown[]> = {}
    for (const name of Object.keys(schema.properties)) samples[name] = ['x', true, 1, [], {}, null]
    for (const [name, values] of Object.entries(samples)) {
      const issues = values.map(
        (value) => on.agent.input.safeParse({ [name]: value }).error?.issues,
      )
      const unknown = issues.every((list) => list?.some(({ code }) => code === 'unrecognized_keys'))
      expect([name, unknown]).toEqual([name, false])
    }
  })
})

describe('over REST', () => {
  it('answers the reply, its session and its run, and streams the pieces', async () => {
    await using on = await liveOperations()
    const { call, progress } = listening()
    const final = await outcome(on.agent, { message: '/help', agentId: 'main' }, call)
    const reply = on.agent.http?.reply?.(final as never)
    expect(reply).toEqual({
      reply: expect.stringContaining('/remember'),
      sessionKey: 'agent:main:main',
      runId: expect.stringMatching(/^run-/),
    })
    const pieces = progress.flatMap((item) => (item.kind === 'delta' ? [item.text] : []))
    expect(pieces.length).toBeGreaterThan(3)
    expect(reply).toMatchObject({ reply: pieces.join('') })
  })

  it('of two calls with one key gives both the same answer, and asks once', async () => {
    await using on = await liveOperations()
    const input = { message: '/help', idempotencyKey: 'twice' }
    const [first, second] = await Promise.all([outcome(on.agent, input), outcome(on.agent, input)])
    expect(second).toEqual(first)
    expect(await on.live.history()).toHaveLength(2)
  })
})

describe('a caller that goes away', () => {
  it('hears no more, and the answer is kept all the same', async () => {
    const { agent, say, finish } = puppet()
    await using on = await liveOperations(agent)
    const gone = new AbortController()
    const { call, progress } = listening({ signal: gone.signal })
    const final = outcome(on.agent, { message: 'x', agentId: 'puppet' }, call)
    await expect.poll(() => progress.length).toBe(1)

    gone.abort()
    say('the answer')
    finish()
    await final
    expect(progress).toHaveLength(1)
    expect(await on.live.history('agent:puppet:main')).toContain('assistant: the answer')
  })
})

async function* failing(): AsyncGenerator<string> {
  yield 'x'
  throw new Error('inner')
}
