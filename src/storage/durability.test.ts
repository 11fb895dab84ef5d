/** What was acknowledged is there again after `kill -9`, and a full disk says no without losing anything. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { conversationStore } from './messages.ts'
import { openMeta } from './meta.ts'
import { openStore } from './open.ts'

const SENDER = join(import.meta.dirname, 'endless-sender.fixture.ts')

/** Kills the sender when it has acknowledged `count` things; returns all that it acknowledged. */
async function acknowledgedBefore(dir: string, count: number): Promise<readonly string[]> {
  const sender = spawn(process.execPath, [SENDER, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen = { text: '' }
  sender.stdout.setEncoding('utf8')
  sender.stdout.on('data', (chunk: string) => {
    seen.text += chunk
    if (seen.text.split('\n').length > count) sender.kill('SIGKILL')
  })
  await new Promise((resolve) => sender.once('close', resolve))
  return seen.text.split('\n').slice(0, -1)
}

async function keptLines(dir: string): Promise<ReadonlySet<string>> {
  const store = await openStore(dir)
  const conversations = conversationStore(store)
  const kept = new Set<string>()
  for (const lane of [0, 1, 2, 3]) {
    for (let offset = 0, more = true; more; offset += 1000) {
      const page = await conversations.history(`agent:main:lane${lane}`, 1000, offset)
      for (const { role, runId } of page.messages)
        kept.add(`${role === 'user' ? 'sent' : 'answered'} ${lane} ${runId}`)
      more = page.more
    }
  }
  await store.close()
  return kept
}

describe('kill -9', () => {
  it('loses no acknowledged message and no acknowledged answer, time after time', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'durability-'))
    const acknowledged: string[] = []
    for (const count of [1, 7, 40, 150, 333, 900])
      acknowledged.push(...(await acknowledgedBefore(dir, count)))

    const kept = await keptLines(dir)
    expect(acknowledged.length).toBeGreaterThan(1000)
    expect(acknowledged.filter((line) => !kept.has(line))).toEqual([])
    await rm(dir, { recursive: true })
  })
})

/** A disk of one megabyte; only root can make one. */
function smallDisk(dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('a full disk', () => {
  it('refuses what it cannot keep, keeps what it accepted, and goes on when there is space', async (context) => {
    const dir = await mkdtemp(join(tmpdir(), 'full-disk-'))
    if (!smallDisk(dir)) context.skip('needs root to mount a tmpfs')
    try {
      const ballast = join(dir, 'ballast')
      const store = await openStore(dir)
      const conversations = conversationStore(store)
      const say = (text: string) =>
        conversations.ask({
          sessionKey: 'agent:main:main',
          agentId: 'main',
          runId: 'r',
          text,
          at: 1,
        })
      await (await openMeta(store)).set('head', 'first')
      expect(await say('accepted')).toMatchObject({ kind: 'kept', turn: 1 })

      const { bavail, bsize } = await statfs(dir)
      await writeFile(ballast, Buffer.alloc((bavail - 4) * bsize))
      const refused = await say('x'.repeat(50_000))
      expect(refused).toMatchObject({
        kind: 'unavailable',
        detail: expect.stringContaining('the disk is full'),
        error: expect.objectContaining({ message: expect.stringContaining(store.path) }),
      })
      await expect(
        store.write((db) =>
          db
            .insertInto('meta')
            .values({ name: 'big', value: 'x'.repeat(50_000) })
            .execute(),
        ),
      ).rejects.toThrow('the disk is full')

      const texts = async (from = conversations) =>
        (await from.history('agent:main:main', 10, 0)).messages.map(({ text }) => text)
      expect(await texts()).toEqual(['accepted'])

      await unlink(ballast)
      expect(await say('again')).toMatchObject({ kind: 'kept', turn: 2 })
      await store.close()
      const reopened = await openStore(dir)
      expect(await texts(conversationStore(reopened))).toEqual(['accepted', 'again'])
      expect((await openMeta(reopened)).get('head')).toBe('first')
      await reopened.close()
    } finally {
      execFileSync('umount', ['--lazy', dir])
      await rm(dir, { recursive: true })
    }
  })
})
