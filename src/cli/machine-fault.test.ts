import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

import { machineFault } from './machine-fault.ts'

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'openclaw-fault-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

it('a file in the place of a folder is named, with what to look at', async () => {
  const file = join(await folder(), 'file')
  await writeFile(file, '')
  const error = await open(join(file, 'below')).catch((caught: unknown) => caught)
  expect(machineFault(error)).toBe(
    `a part of the path is no folder: ${file}/below (ENOTDIR): see what is there, and whether OPENCLAW_STATE_DIR is right`,
  )
})

it.each([
  ['EACCES', /^there is no permission to use \/x \(EACCES\): run this as the user/],
  ['ENOSPC', /^the disk is full at \/x \(ENOSPC\): free space/],
])('%s says what to do', (code, words) => {
  expect(machineFault(Object.assign(new Error('made up'), { code, path: '/x' }))).toMatch(words)
})

it.each([
  ['a fault of ours', new TypeError('x is not a function')],
  [
    'a file that we should have looked for',
    Object.assign(new Error(), { code: 'ENOENT', path: '/x' }),
  ],
  ['what names no path', Object.assign(new Error(), { code: 'EACCES' })],
  ['what is no error', 'EACCES'],
])('%s is none', (_what, error) => expect(machineFault(error)).toBeNull())
