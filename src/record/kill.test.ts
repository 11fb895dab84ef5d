import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testRecord, TEST_KEY } from './record.fixture.ts'
import { listRecord } from './read.ts'
import { verifyRecord } from './verify.ts'

/** Starts the child, kills it after it acknowledged `most` changes, and returns what it acknowledged. */
async function appendUntilKilled(root: string, prefix: string, most: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'kill.fixture.ts'), root, prefix],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const acknowledged = { text: '' }
  child.stdout.on('data', (data: Buffer) => {
    acknowledged.text += data.toString()
    if (acknowledged.text.split('\n').length > most) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return acknowledged.text.split('\n').slice(0, -1)
}

test('kill -9 at any moment: what was acknowledged is there, and the chain is whole', async () => {
  const root = mkdtempSync(join(tmpdir(), 'record-kill-'))
  const record = testRecord(root)
  const verify = () =>
    verifyRecord({ dir: record.dir, key: TEST_KEY, loadHead: () => record.heads.load() })
  for (const [round, most] of [1, 37, 150, 400].entries()) {
    const acknowledged = await appendUntilKilled(root, `round${round}`, most)
    expect(acknowledged.length).toBeGreaterThanOrEqual(most)
    expect(await verify()).toMatchObject({ kind: 'intact' })
    const open = await record.open({ maxBytes: 400_000 })
    await open.stop()
    expect(await verify()).toMatchObject({ kind: 'intact' })
    const filter = { kind: null, since: null, client: null, limit: 100_000 }
    const there = new Set(
      (await listRecord(record.dir, filter)).map(
        ({ entry }) => 'requestId' in entry && entry.requestId,
      ),
    )
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
  }
  expect(readdirSync(record.dir).length).toBeGreaterThan(1)
  expect(record.reports.filter((report) => !report.includes('an unfinished line'))).toEqual([])
  record.remove()
})
