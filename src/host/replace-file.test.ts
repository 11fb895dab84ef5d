import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockFile } from './file-lock.ts'
import { makeFile, makePrivateFolder, moveFile, replaceFile, writeFault } from './replace-file.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-replace-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('R62: a replaced file', () => {
  it('is private, whatever it was before', async () => {
    const path = join(folder(), 'f')
    writeFileSync(path, 'old')
    chmodSync(path, 0o666)
    expect(await replaceFile(path, 'new')).toEqual({ kind: 'written' })
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
  it('stays a link', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'real'), 'old')
    symlinkSync('real', join(dir, 'link'))
    await replaceFile(join(dir, 'link'), 'new')
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(dir, 'real'), 'utf8')).toBe('new')
  })
  it('stays one where another file is put in its place', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'real'), 'old')
    writeFileSync(join(dir, 'kept'), 'new')
    symlinkSync('real', join(dir, 'link'))
    expect(await moveFile(join(dir, 'kept'), join(dir, 'link'))).toEqual({ kind: 'written' })
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(dir, 'real'), 'utf8')).toBe('new')
    expect(readdirSync(dir)).toEqual(['link', 'real'])
    expect(await moveFile(join(dir, 'kept'), join(dir, 'real'))).toMatchObject({ kind: 'failed' })
  })
  it.runIf(process.getuid?.() === 0)(
    'is never reached by a link that another user made',
    async () => {
      const dir = folder()
      writeFileSync(join(dir, 'precious'), 'precious')
      symlinkSync('precious', join(dir, 'f.bak'))
      lchownSync(join(dir, 'f.bak'), 65_534, 65_534)
      expect(await replaceFile(join(dir, 'f.bak'), 'new')).toEqual({ kind: 'written' })
      expect(readFileSync(join(dir, 'precious'), 'utf8')).toBe('precious')
      expect(lstatSync(join(dir, 'f.bak')).isFile()).toBe(true)
      symlinkSync('precious', join(dir, 'f'))
      lchownSync(join(dir, 'f'), 65_534, 65_534)
      expect(await moveFile(join(dir, 'f.bak'), join(dir, 'f'))).toEqual({ kind: 'written' })
      expect(readFileSync(join(dir, 'precious'), 'utf8')).toBe('precious')
    },
  )
  it('is not replaced when it is a folder; nothing is left over', async () => {
    const dir = folder()
    mkdirSync(join(dir, 'f'))
    expect(await replaceFile(join(dir, 'f'), 'new')).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('nothing was changed'),
    })
    expect(readdirSync(dir)).toEqual(['f'])
  })
  it('is not written into a folder that is missing', async () => {
    expect(await replaceFile(join(folder(), 'no', 'f'), 'x')).toMatchObject({
      why: expect.stringContaining('ENOENT'),
    })
  })
  it('sweeps up what a killed writer left long ago, and nothing else', async () => {
    const dir = folder()
    const [old, fresh, other] = [
      '.f.0123456789ab.tmp',
      '.f.ba9876543210.tmp',
      '.f.notours.tmp',
    ].map((name) => join(dir, name))
    for (const path of [old, fresh, other]) writeFileSync(path ?? '', '')
    const longAgo = new Date(Date.now() - 3_600_000)
    for (const path of [old, other]) utimesSync(path ?? '', longAgo, longAgo)
    await replaceFile(join(dir, 'f'), 'x')
    expect(readdirSync(dir).sort()).toEqual(['.f.ba9876543210.tmp', '.f.notours.tmp', 'f'])
  })
})

it('a private folder is made with those above it', async () => {
  const dir = folder()
  expect(await makePrivateFolder(join(dir, 'a/b'))).toEqual({ kind: 'written' })
  for (const name of ['a', 'a/b']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o700)
  writeFileSync(join(dir, 'f'), '')
  for (const path of [join(dir, 'f/x'), join(dir, 'f'), '/proc/none/x'])
    expect(await makePrivateFolder(path)).toMatchObject({ kind: 'failed' })
})

describe('what root makes for somebody else is theirs', () => {
  const someone = process.geteuid?.() === 0 ? 12_345 : (process.geteuid?.() ?? 0)
  const ownerOf = (path: string) => statSync(path).uid
  it('a new file, its lock and a folder, as the folder they are in', async () => {
    const dir = folder()
    chownSync(dir, someone, someone)
    await replaceFile(join(dir, 'f'), 'new')
    await makeFile(join(dir, 'g'), 'new')
    await makePrivateFolder(join(dir, 'a/b'))
    const lock = await lockFile(join(dir, 'l'), 0)
    if (lock.kind === 'held') lock.release()
    for (const name of ['f', 'g', 'a', 'a/b', 'l']) expect(ownerOf(join(dir, name))).toBe(someone)
  })
  it.runIf(process.geteuid?.() === 0)(
    'a file in place of a link of theirs, whoever has what it leads to',
    async () => {
      const dir = folder()
      writeFileSync(join(dir, 'another'), '')
      chownSync(join(dir, 'another'), someone + 1, someone)
      symlinkSync('another', join(dir, 'link'))
      lchownSync(join(dir, 'link'), someone, someone)
      await replaceFile(join(dir, 'link'), 'new')
      expect(ownerOf(join(dir, 'link'))).toBe(someone)
      expect(readFileSync(join(dir, 'another'), 'utf8')).toBe('')
    },
  )
  it('a file in place of theirs, in a folder of root', async () => {
    const path = join(folder(), 'f')
    writeFileSync(path, 'old')
    chownSync(path, someone, someone)
    await replaceFile(path, 'new')
    expect(ownerOf(path)).toBe(someone)
  })
})

it.each([
  ['ENOSPC', 'no space left'],
  ['EDQUOT', 'no space left'],
  ['EROFS', 'read-only file system'],
  ['EACCES', 'no permission'],
  ['EIO', 'cannot be written'],
])('%s is said in words', (code, words) => {
  expect(writeFault('/x', Object.assign(new Error('no'), { code }))).toContain(words)
})
