import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folder } from './folder.fixture.ts'
import { pendingFileOf, readPending, writePending } from './pending-change.ts'

const pending = { keys: ['a.b'], by: 'shared:token', since: 1, undoAt: 2, after: '' }

test('what could not be read again is not written: nobody would undo it', async () => {
  const dir = folder()
  const { host } = dir.request()
  const file = dir.file('openclaw.json')
  // Each of them takes two bytes in JSON.
  const before = '"'.repeat(3 * 1024 * 1024)
  expect(await writePending(host, file, { ...pending, before })).toMatchObject({ kind: 'failed' })
  expect(existsSync(pendingFileOf(file))).toBe(false)
  const short = { ...pending, before: '{}' }
  expect(await writePending(host, file, short)).toEqual({ kind: 'written' })
  expect(await readPending(host, file)).toEqual({ kind: 'pending', pending: short })
})
