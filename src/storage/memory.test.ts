/** Memories: bounded for each owner, and never read under another one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MAX_FACTS, memoryStore } from './memory.ts'
import { openStore } from './open.ts'

it('R56 belong to one owner and one agent, and fill up for that one alone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'memory-'))
  const store = await openStore(dir)
  const memory = memoryStore(store)
  const alice = { owner: 'user:alice', agentId: 'main' }
  for (let count = 0; count < MAX_FACTS; count++)
    await memory.remember(alice, { text: `fact ${count}`, at: count })

  expect(await memory.remember(alice, { text: 'one more', at: 1 })).toEqual({
    kind: 'full',
    limit: MAX_FACTS,
  })
  expect(await memory.remember(alice, { text: 'fact 7', at: 9999 })).toEqual({ kind: 'kept' })
  expect((await memory.recall(alice))[0]).toEqual({ text: 'fact 7', at: 9999 })

  for (const other of [
    { ...alice, agentId: 'coder' },
    { ...alice, owner: 'user:alic' },
    { ...alice, owner: 'api-key:alice' },
  ]) {
    expect(await memory.recall(other)).toEqual([])
    expect(await memory.remember(other, { text: 'mine', at: 1 })).toEqual({ kind: 'kept' })
  }
  await store.close()
  await rm(dir, { recursive: true })
})
