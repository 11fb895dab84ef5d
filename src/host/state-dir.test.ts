import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareStateDir } from './state-dir.ts'

const uid = process.getuid?.() ?? null
const base = { dir: '' }
beforeEach(() => {
  base.dir = mkdtempSync(join(tmpdir(), 'state-dir-'))
})
afterEach(() => rmSync(base.dir, { recursive: true, force: true }))

describe('preparing it', () => {
  it('R62: creates it with its parents, for the owner alone', () => {
    const path = join(base.dir, 'a', 'b')
    expect(prepareStateDir(path, uid)).toEqual({ kind: 'ready', path, warnings: [] })
    expect([path, join(base.dir, 'a')].map((each) => statSync(each).mode & 0o777)).toEqual([
      0o700, 0o700,
    ])
  })

  it('takes one that is there, and a link to one', () => {
    const link = join(base.dir, 'link')
    mkdirSync(join(base.dir, 'real'), { mode: 0o700 })
    symlinkSync(join(base.dir, 'real'), link)
    expect(prepareStateDir(link, uid)).toEqual({ kind: 'ready', path: link, warnings: [] })
  })

  it('warns of one that others can read', () => {
    chmodSync(base.dir, 0o755)
    expect(prepareStateDir(base.dir, uid)).toEqual({
      kind: 'ready',
      path: base.dir,
      warnings: [
        `the state dir ${base.dir} can be read by others (mode 0755): run \`chmod 700 ${base.dir}\``,
      ],
    })
  })

  it('refuses one that others can write', () => {
    chmodSync(base.dir, 0o707)
    expect(prepareStateDir(base.dir, uid)).toMatchObject({
      kind: 'refused',
      message: `the state dir ${base.dir} can be written by others (mode 0707). Run \`chmod 700 ${base.dir}\`.`,
    })
  })

  it.skipIf(uid !== 0)(
    'refuses one that a shared group can write, and takes the owner’s private group',
    () => {
      chownSync(base.dir, 0, 100)
      chmodSync(base.dir, 0o770)
      expect(prepareStateDir(base.dir, uid)).toMatchObject({ kind: 'refused' })
      chownSync(base.dir, 0, 0)
      expect(prepareStateDir(base.dir, uid)).toMatchObject({ kind: 'ready' })
    },
  )

  it('refuses somebody else’s', () => {
    expect(prepareStateDir(base.dir, (uid ?? 0) + 1)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(`belongs to uid ${uid ?? 0}, and the gateway runs as uid`),
    })
  })

  it.each([
    { name: 'a file', path: 'file', says: 'is a file, not a folder' },
    { name: 'a path through a file', path: 'file/state', says: 'a part of the path is a file' },
  ])('refuses $name', ({ path, says }) => {
    writeFileSync(join(base.dir, 'file'), '')
    expect(prepareStateDir(join(base.dir, path), uid)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(says),
    })
  })

  it('refuses one that we cannot write', () => {
    const path = join(base.dir, 'sealed')
    mkdirSync(path, { mode: 0o500 })
    // Root may write whatever its permissions say, but not into a read-only file system.
    if (uid === 0) execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=700', 'tmpfs', path])
    try {
      expect(prepareStateDir(path, uid)).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(uid === 0 ? 'read-only' : 'permission denied'),
      })
    } finally {
      if (uid === 0) execFileSync('umount', [path])
    }
  })

  it('refuses one that cannot be created', () => {
    expect(prepareStateDir('/sys/openclaw', uid)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('Set OPENCLAW_STATE_DIR to a folder of your own.'),
    })
  })
})
