import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownerSocketPath } from './owner-socket-path.ts'

/** A user whose /run/user and /tmp folders cannot be there: the tests bring their own. */
const uid = process.getuid?.() ?? 0
const base = { dir: '', runtime: '', temporary: '', long: '' }
beforeEach(() => {
  base.dir = mkdtempSync(join(tmpdir(), 'sock-'))
  base.runtime = join(base.dir, 'run')
  base.temporary = join(base.dir, 'tmp')
  base.long = join(base.dir, 'x'.repeat(100))
  for (const folder of [base.runtime, base.temporary, base.long]) mkdirSync(folder, { mode: 0o700 })
})
afterEach(() => rmSync(base.dir, { recursive: true, force: true }))

function chosen(stateDir: string, env: Record<string, string> = { XDG_RUNTIME_DIR: base.runtime }) {
  return ownerSocketPath({ stateDir, env, uid, temporary: base.temporary })
}

function pathOf(stateDir: string, env?: Record<string, string>): string {
  const answer = chosen(stateDir, env)
  if (answer.kind === 'none') throw new Error(answer.message)
  return answer.path
}

describe('where the owner’s socket lies', () => {
  it('is the state dir', () => {
    expect(chosen(base.dir)).toEqual({ kind: 'at', path: join(base.dir, 'gateway.sock') })
  })

  it('is the state dir as long as a socket can be bound there', async () => {
    const folder = join(base.dir, 'y'.repeat(107 - base.dir.length - '//gateway.sock'.length))
    mkdirSync(folder)
    const path = pathOf(folder)
    expect(path).toBe(join(folder, 'gateway.sock'))
    expect(path).toHaveLength(107)
    const server = createServer().listen(path)
    await once(server, 'listening')
    server.close()
    expect(pathOf(`${folder}z`)).toContain(base.runtime)
  })

  it('counts bytes, not characters', () => {
    expect(pathOf(`/srv/${'ö'.repeat(50)}`)).toContain(base.runtime)
  })

  it('is the runtime folder where the path is too long, under a name of that state dir', () => {
    const path = pathOf(base.long)
    expect(path).toMatch(new RegExp(`^${base.runtime}/openclaw-[0-9a-f]{16}\\.sock$`))
    expect(pathOf(base.long)).toBe(path)
    expect(pathOf(`${base.long}2`)).not.toBe(path)
  })

  it('is one and the same by every name of the state dir', () => {
    const link = join(base.dir, 'l'.repeat(101))
    symlinkSync(base.long, link)
    expect(pathOf(link)).toBe(pathOf(base.long))
  })

  it.each([
    { name: 'is readable by others', spoil: () => chmodSync(base.runtime, 0o755) },
    { name: 'is missing', spoil: () => rmSync(base.runtime, { recursive: true }) },
    {
      name: 'is a link',
      spoil: () => {
        rmSync(base.runtime, { recursive: true })
        symlinkSync(base.temporary, base.runtime)
      },
    },
  ])('is not a runtime folder that $name', ({ spoil }) => {
    spoil()
    expect(pathOf(base.long)).not.toContain(`${base.runtime}/`)
  })

  it('is never in a folder of somebody else', () => {
    const stranger = uid + 4_321
    const answer = ownerSocketPath({
      stateDir: base.long,
      env: { XDG_RUNTIME_DIR: base.runtime },
      uid: stranger,
      temporary: base.temporary,
    })
    rmSync(`/tmp/openclaw-${stranger}`, { recursive: true, force: true })
    expect(answer).toMatchObject({
      kind: 'none',
      message: expect.stringContaining('shorter OPENCLAW_STATE_DIR'),
    })
  })

  it('ignores a runtime folder that is no absolute path', () => {
    expect(pathOf(base.long, { XDG_RUNTIME_DIR: 'run' }).startsWith('/')).toBe(true)
  })

  it('makes a private folder among the temporary files', () => {
    const path = pathOf(base.long, {})
    const folder = join(path, '..')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })
})
