/** Conversations in a real store: order, pages, searches, and what a crash or a long history cannot break. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationFilter, Conversations } from '../agents/conversations.ts'
import { conversationStore } from './messages.ts'
import { openStore, type Store } from './open.ts'

const ALL: ConversationFilter = {
  agentId: null,
  search: null,
  updatedSince: null,
  limit: 100,
  offset: 0,
}
const state: { dir: string; store?: Store } = { dir: '' }

async function opened(): Promise<Conversations> {
  state.dir = await mkdtemp(join(tmpdir(), 'messages-'))
  state.store = await openStore(state.dir)
  return conversationStore(state.store)
}

function say(conversations: Conversations, key: string, text: string, at = 1) {
  return conversations.ask({
    sessionKey: `agent:main:${key}`,
    agentId: 'main',
    runId: `run-${text}`,
    text,
    at,
  })
}

beforeEach(() => {
  delete state.store
})
afterEach(async () => {
  await state.store?.close()
  await rm(state.dir, { recursive: true, force: true })
})

describe('history', () => {
  it('of a session that nobody wrote in is empty and has no id', async () => {
    const conversations = await opened()
    expect(await conversations.history('agent:main:main', 10, 0)).toEqual({
      sessionId: null,
      messages: [],
      more: false,
    })
  })

  it('keeps an answer with its question, though other questions came first', async () => {
    const conversations = await opened()
    const turns = await Promise.all(['a', 'b', 'c'].map((text) => say(conversations, 'main', text)))
    expect(turns.map((kept) => (kept.kind === 'kept' ? kept.turn : 0))).toEqual([1, 2, 3])
    const sessionId = turns[0]?.kind === 'kept' ? turns[0].sessionId : ''
    const answer = { runId: 'r', stopReason: 'stop', at: 2, sessionId } as const
    await conversations.answer({ ...answer, turn: 2, text: 'to b' })
    await conversations.answer({ ...answer, turn: 1, text: 'to a' })

    const { messages } = await conversations.history('agent:main:main', 10, 0)
    expect(messages.map(({ text }) => text)).toEqual(['a', 'to a', 'b', 'to b', 'c'])
  })

  it('comes in pages from the newest, and says whether there is more', async () => {
    const conversations = await opened()
    for (let count = 1; count <= 5; count++) await say(conversations, 'main', `${count}`)
    const page = async (limit: number, offset: number) => {
      const { messages, more } = await conversations.history('agent:main:main', limit, offset)
      return [messages.map(({ text }) => text).join(' '), more]
    }
    expect(await page(2, 0)).toEqual(['4 5', true])
    expect(await page(2, 2)).toEqual(['2 3', true])
    expect(await page(2, 4)).toEqual(['1', false])
    expect(await page(5, 0)).toEqual(['1 2 3 4 5', false])
    expect(await page(2, 9)).toEqual(['', false])
  })

  it('of very long messages is cut to what one frame can hold, the newest always there', async () => {
    const conversations = await opened()
    for (let count = 0; count < 3; count++)
      await say(conversations, 'main', `${count}`.repeat(1_900_000))
    const page = await conversations.history('agent:main:main', 10, 0)
    expect(page.messages.map(({ text }) => text[0])).toEqual(['1', '2'])
    expect(page.more).toBe(true)

    await say(conversations, 'main', '3'.repeat(5_000_000))
    const single = await conversations.history('agent:main:main', 10, 0)
    expect(single.messages.map(({ text }) => text[0])).toEqual(['3'])
  })

  it('is the same after the store was closed and opened', async () => {
    const conversations = await opened()
    await say(conversations, 'main', 'naïve 🦀 \u2028 "quoted"')
    const before = await conversations.history('agent:main:main', 10, 0)
    await state.store?.close()
    state.store = await openStore(state.dir)
    const after = await conversationStore(state.store).history('agent:main:main', 10, 0)
    expect(after).toEqual(before)
    expect(after.sessionId).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('beginning anew', () => {
  const KEY = 'agent:main:main'
  const question = { sessionKey: KEY, agentId: 'main', text: 'of A', at: 1, again: true }

  it('leaves an answer that comes later with its question, in the conversation that was', async () => {
    const conversations = await opened()
    const before = await say(conversations, 'main', 'of A')
    await conversations.reset(KEY, 2)
    const after = await say(conversations, 'main', 'of B')
    for (const [kept, text] of [
      [before, 'to A'],
      [after, 'to B'],
    ] as const) {
      const { sessionId, turn } = kept.kind === 'kept' ? kept : { sessionId: '', turn: 0 }
      const answer = { sessionId, turn, runId: text, text, stopReason: 'stop', at: 3 } as const
      expect(await conversations.answer(answer)).toEqual({ kind: 'kept' })
    }
    const { conversations: all } = await conversations.list(ALL)
    const textsIn = async (sessionKey: string) => {
      const { messages } = await conversations.history(sessionKey, 10, 0)
      return messages.map(({ text }) => text)
    }
    expect(await textsIn(KEY)).toEqual(['of B', 'to B'])
    const former = all.find(({ sessionKey }) => sessionKey !== KEY)
    expect(await textsIn(former?.sessionKey ?? '')).toEqual(['of A', 'to A'])
  })

  it('hides from nobody who asks again what was asked and answered before it', async () => {
    const conversations = await opened()
    const first = await conversations.ask({ ...question, runId: 'run-a' })
    await conversations.reset(KEY, 2)
    expect(await conversations.ask({ ...question, runId: 'run-a' })).toEqual(first)

    const { sessionId, turn } = first.kind === 'kept' ? first : { sessionId: '', turn: 0 }
    const answer = {
      sessionId,
      turn,
      runId: 'run-a',
      text: 'to A',
      stopReason: 'stop',
      at: 3,
    } as const
    await conversations.answer(answer)
    expect(await conversations.answerOf(KEY, 'run-a')).toEqual({ text: 'to A', stopReason: 'stop' })
    for (const other of ['agent:main:mai', 'agent:main:main2', 'agent:main:other'])
      expect(await conversations.answerOf(other, 'run-a')).toBeNull()
  })
})

describe('the list', () => {
  it('has the newest first, with title and preview of one line', async () => {
    const conversations = await opened()
    await say(conversations, 'one', '  hello\n\nworld ', 1)
    await say(conversations, 'two', 'second', 2)
    await say(conversations, 'one', `${'x'.repeat(118)}🦀${'x'.repeat(100)}`, 3)
    const { conversations: found, total } = await conversations.list(ALL)
    expect(total).toBe(2)
    expect(found.map(({ sessionKey }) => sessionKey)).toEqual(['agent:main:one', 'agent:main:two'])
    expect(found[0]).toMatchObject({ title: 'hello world', createdAt: 1, updatedAt: 3 })
    expect(found[0]?.preview).toBe(`${'x'.repeat(118)}…`)
  })

  it('is filtered by agent, time and words, and counts all pages', async () => {
    const conversations = await opened()
    for (const [index, key] of ['alpha', 'beta', 'gamma'].entries())
      await say(conversations, key, `about ${key.toUpperCase()} 100%`, index + 1)
    const keys = async (change: Partial<ConversationFilter>) => {
      const page = await conversations.list({ ...ALL, ...change })
      return [page.conversations.map(({ title }) => title.split(' ')[1]).join(' '), page.total]
    }
    expect(await keys({ agentId: 'other' })).toEqual(['', 0])
    expect(await keys({ updatedSince: 2 })).toEqual(['GAMMA BETA', 2])
    expect(await keys({ search: 'aLpHa' })).toEqual(['ALPHA', 1])
    expect(await keys({ search: '%' })).toEqual(['GAMMA BETA ALPHA', 3])
    expect(await keys({ search: '_' })).toEqual(['', 0])
    expect(await keys({ search: "'; DROP TABLE messages; --" })).toEqual(['', 0])
    expect(await keys({ limit: 1, offset: 1 })).toEqual(['BETA', 3])
  })

  it('finds a session by its id, and by nothing else', async () => {
    const conversations = await opened()
    const kept = await say(conversations, 'main', 'hello')
    const id = kept.kind === 'kept' ? kept.sessionId : ''
    expect(await conversations.findBySessionId(id)).toMatchObject({ sessionKey: 'agent:main:main' })
    for (const other of ['', id.slice(1), id.toUpperCase(), '%'])
      expect(await conversations.findBySessionId(other)).toBeNull()
  })
})
