import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { onlyOwnerIn, readPrivateFile } from './permissions.ts'

function file(mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-perm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'f')
  writeFileSync(path, 'text')
  chmodSync(path, mode)
  return path
}
const root = process.getuid?.() === 0

describe('a private file', () => {
  it.each([0o600, 0o400, 0o644])('of mode %o is read', async (mode) => {
    expect(await readPrivateFile(file(mode))).toEqual({ kind: 'text', text: 'text' })
  })
  it('may be reached through a link', async () => {
    const path = file()
    symlinkSync(path, `${path}.link`)
    expect((await readPrivateFile(`${path}.link`)).kind).toBe('text')
  })
  it('may be missing', async () =>
    expect(await readPrivateFile(`${file()}.no`)).toEqual({ kind: 'absent' }))

  it.each([0o602, 0o666, 0o777])('of mode %o is refused: everyone can write it', async (mode) => {
    expect(await readPrivateFile(file(mode))).toMatchObject({
      kind: 'refused',
      why: 'can be written by everyone',
    })
  })
  it('is refused when it is a folder', async () => {
    const path = file()
    mkdirSync(`${path}.d`)
    expect(await readPrivateFile(`${path}.d`)).toMatchObject({
      kind: 'refused',
      why: 'is not a file',
    })
  })
  it('is refused when it is a pipe, and nobody waits for it', async () => {
    const path = `${file()}.pipe`
    spawnSync('mkfifo', [path])
    expect(await readPrivateFile(path)).toMatchObject({ kind: 'refused', why: 'is not a file' })
  })
  it('is refused when it is enormous', async () => {
    const path = file()
    truncateSync(path, 1024 ** 3)
    expect(await readPrivateFile(path)).toMatchObject({
      kind: 'refused',
      why: 'is larger than 4 MiB',
    })
  })
  it('is refused when a part of the path is a file', async () => {
    expect(await readPrivateFile(join(file(), 'x'))).toMatchObject({
      kind: 'refused',
      why: 'cannot be read (ENOTDIR)',
    })
  })
  it.skipIf(!root)(
    'is refused when it belongs to somebody else (skipped: needs root)',
    async () => {
      const path = file()
      chownSync(path, 12_345, 0)
      expect(await readPrivateFile(path)).toMatchObject({
        kind: 'refused',
        why: 'belongs to another user (uid 12345)',
      })
    },
  )
  it.skipIf(!root)(
    'is refused when a group of several can write it (skipped: needs root)',
    async () => {
      const path = file()
      chownSync(path, 0, 54_321)
      chmodSync(path, 0o660)
      expect(await readPrivateFile(path)).toMatchObject({
        kind: 'refused',
        why: 'can be written by group 54321',
      })
    },
  )
})

describe("the owner's private group", () => {
  const users =
    'root:x:0:0:\nann:x:1000:1000:\nbob:x:1001:1001:\ncat:x:1002:100:\ndan:x:1003:100:\n'
  it.each([
    ['is one that nobody else is in', 'ann:x:1000:\n', { uid: 1000, gid: 1000 }, true],
    ['may list the owner', 'ann:x:1000:ann\n', { uid: 1000, gid: 1000 }, true],
    ['is not one with another member', 'ann:x:1000:bob\n', { uid: 1000, gid: 1000 }, false],
    ["is not another's", 'bob:x:1001:\n', { uid: 1000, gid: 1001 }, false],
    ['is not one that several start in', 'users:x:100:\n', { uid: 1002, gid: 100 }, false],
    ['is not one that is unknown', '', { uid: 1000, gid: 1000 }, false],
    ['is not one of an unknown owner', 'x:x:7:\n', { uid: 7, gid: 7 }, false],
    [
      'is not one that nobody starts in: its members are kept elsewhere',
      'staff:x:50:\n',
      { uid: 1000, gid: 50 },
      false,
    ],
  ])('%s', (_, groups, owner, expected) =>
    expect(onlyOwnerIn(owner, { groups, users })).toBe(expected),
  )
})
