/** Callers in role `webchat` (S0): one conversation each, and nothing of anybody else's. */
import { describe, expect, it } from 'vitest'
import { OWNER } from '../agents/live-runs.fixture.ts'
import type { Principal } from '../access/types.ts'
import { listening, liveOperations, outcome } from './live-operations.fixture.ts'
import { isConversationOf, ownKey } from './own-conversation.ts'

const WEBCHAT: Partial<Principal> = { role: 'webchat', scopes: [] }
const as = (marks: Partial<Principal> = {}) =>
  listening({ principal: { ...OWNER.principal, ...WEBCHAT, ...marks } }).call
const FOREIGN = 'foreign_conversation: a web chat has one conversation, its own'

describe('a web chat', () => {
  it('has its own conversation, whether it calls it main, by its name, or nothing', async () => {
    await using on = await liveOperations()
    const own = 'agent:main:webchat:owner:owner'
    for (const named of [
      {},
      { sessionKey: 'main' },
      { agentId: 'main' },
      { sessionKey: own },
      { sessionKey: 'webchat:owner:owner', agentId: 'main' },
    ])
      expect(await outcome(on.chatHistory, named, as())).toMatchObject({
        sessionKey: own,
        messages: [],
      })
    await outcome(on.chatSend, { message: 'hello', idempotencyKey: 'k' }, as())
    await on.live.runs.drain(10_000)
    expect(await on.live.history(own)).toHaveLength(2)
    expect(await on.live.history('agent:main:main')).toEqual([])
  })

  it('R56: hears the same of every other conversation, there or not, mine or nobody’s', async () => {
    await using on = await liveOperations()
    await on.live.ask('a secret of the owner')
    const other = as({ kind: 'device', id: 'other' })
    await outcome(on.chatSend, { message: 'a secret of another', idempotencyKey: 'k' }, other)
    for (const named of [
      { sessionKey: 'agent:main:main' },
      { sessionKey: 'agent:main:webchat:device:other' },
      { sessionKey: 'webchat:device:other' },
      { sessionKey: 'agent:main:nothing' },
      { sessionKey: 'agent:nobody:main' },
      { sessionKey: 'not a key at all' },
      { sessionKey: 'webchat:owner:owner ' },
      { sessionKey: 'main', agentId: 'nobody' },
      { agentId: 'nobody' },
      { sessionKey: 'Main' },
    ]) {
      const heard = [
        await outcome(on.chatHistory, named, as()),
        await outcome(on.chatSend, { ...named, message: 'x' }, as()),
        await outcome(on.chatAbort, named, as()),
      ]
      expect([named, ...heard]).toEqual([named, FOREIGN, FOREIGN, FOREIGN])
    }
    await on.live.runs.drain(10_000)
    expect(await on.live.history('agent:main:main')).toHaveLength(2)
  })

  it('is told of its name by nobody else: others must name theirs', async () => {
    await using on = await liveOperations()
    for (const operation of [on.chatHistory, on.chatAbort, on.chatSend])
      expect(await outcome(operation, operation === on.chatSend ? { message: 'x' } : {})).toBe(
        "invalid_input: must have required property 'sessionKey'",
      )
  })

  it.each(['/help', '/whoami', '/status', '/remember me', '/recall', '/STATUS now'])(
    'R50: may not do by %s what it may not do otherwise',
    async (message) => {
      await using on = await liveOperations()
      await outcome(on.chatSend, { message, idempotencyKey: 'k' }, as())
      await on.live.runs.drain(10_000)
      const [, answer] = await on.live.history('agent:main:webchat:owner:owner')
      expect(answer).toMatch(/^assistant: \/\w+ needs the scope operator\.(read|write)/)
    },
  )

  it.each(['/run ls', '/read openclaw.json', '/write x y', '/nothing'])(
    'R50: has no command %s',
    async (message) => {
      await using on = await liveOperations()
      await outcome(on.chatSend, { message, idempotencyKey: 'k' }, as())
      await on.live.runs.drain(10_000)
      const [, answer] = await on.live.history('agent:main:webchat:owner:owner')
      expect(answer).toContain('I know no such command')
    },
  )
})

describe('the key of a web chat', () => {
  const ids = [
    'nick@example.com',
    'nick@example.com ',
    'Nick@example.com',
    'a:b',
    'a=3ab',
    'a/b',
    'ünï',
    '日本',
    'x'.repeat(256),
    'x'.repeat(257),
    'x'.repeat(258),
    ':'.repeat(300),
    '~',
    '',
  ]

  it('is one that a conversation may have, and nobody else’s', async () => {
    await using on = await liveOperations()
    const keys = ids.flatMap((id) => [ownKey({ kind: 'user', id }), ownKey({ kind: 'device', id })])
    expect(new Set(keys).size).toBe(keys.length)
    for (const sessionKey of keys)
      expect(await outcome(on.chatHistory, { sessionKey })).toMatchObject({
        sessionKey: `agent:main:${sessionKey}`,
      })
  })

  it.each([
    { sessionKey: 'agent:main:webchat:user:a', own: true },
    { sessionKey: 'agent:other:webchat:user:a', own: true },
    { sessionKey: 'agent:main:webchat:user:ab', own: false },
    { sessionKey: 'agent:main:x:webchat:user:a', own: false },
    { sessionKey: 'webchat:user:a', own: false },
    { sessionKey: 'agent:main:main', own: false },
  ])('is looked for as a whole in $sessionKey', ({ sessionKey, own }) => {
    expect(isConversationOf('webchat:user:a', sessionKey)).toBe(own)
  })
})
