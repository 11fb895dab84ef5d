/** Whatever interrupts a change, the file is the old one or the new one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import JSON5 from 'json5'
import { describe, expect, it, onTestFinished } from 'vitest'
import { editConfig } from './edit.ts'
import { folder, type Folder } from './folder.fixture.ts'

const SOURCE = import.meta.dirname

/** Sets `plugins.entries.<name>` for name after name, and prints each once it was acknowledged. */
function editor(dir: Folder, prefix: string, count: number): ChildProcess {
  const script = `
    import { editConfig } from ${JSON.stringify(join(SOURCE, 'edit.ts'))}
    import { configHost } from ${JSON.stringify(join(SOURCE, '../host/config-host.ts'))}
    const variables = { OPENCLAW_STATE_DIR: ${JSON.stringify(dir.path)}, HOME: ${JSON.stringify(dir.path)} }
    for (let at = 0; at < ${count}; at += 1) {
      const name = ${JSON.stringify(prefix)} + at
      const change = { kind: 'set', path: ['plugins', 'entries', name], value: { path: '/p' } }
      const result = await editConfig({ variables, flags: {}, host: configHost(variables) }, () => [change])
      if (result.kind !== 'edited') throw new Error(JSON.stringify(result.problems))
      process.stdout.write(name + '\\n')
    }`
  return spawn(process.execPath, ['--input-type=module', '--no-warnings', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function entries(dir: Folder): readonly string[] {
  const { plugins } = JSON5.parse<{ plugins?: { entries?: object } }>(dir.read('openclaw.json'))
  return Object.keys(plugins?.entries ?? {})
}

describe('changes', () => {
  it('that were acknowledged survive kill -9 in the middle of the next', async () => {
    const dir = folder({ 'openclaw.json': '{ // note\n}' })
    for (const [round, kills] of [1, 3, 4, 6, 9].entries()) {
      const child = editor(dir, `r${round}x`, 10_000)
      let acknowledged = ''
      child.stdout?.on('data', (chunk: Buffer) => {
        acknowledged += chunk.toString()
        if (acknowledged.split('\n').length > kills) child.kill('SIGKILL')
      })
      await once(child, 'close')
      const names = acknowledged.split('\n').slice(0, -1)
      expect(names.length).toBeGreaterThanOrEqual(kills)
      expect(entries(dir)).toEqual(expect.arrayContaining(names))
      expect(dir.read('openclaw.json')).toContain('// note')
    }
    const after = await editConfig(dir.request(), () => [
      { kind: 'set', path: ['gateway', 'port'], value: 1 },
    ])
    expect(after.kind).toBe('edited')
  })

  it('of two programs and of this one at once are all kept', async () => {
    const dir = folder({ 'openclaw.json': '{}' })
    const children = [editor(dir, 'a', 6), editor(dir, 'b', 6)]
    const own = Array.from({ length: 6 }, async (_, at) => {
      const result = await editConfig(dir.request(), () => [
        { kind: 'set', path: ['plugins', 'entries', `c${at}`], value: { path: '/p' } },
      ])
      expect(result.kind).toBe('edited')
    })
    await Promise.all([...own, ...children.map((child) => once(child, 'close'))])
    expect(entries(dir)).toHaveLength(18)
    expect(readdirSync(dir.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  const root = process.getuid?.() === 0
  it.skipIf(!root)(
    'on a full disk are refused, and the old file stays (skipped: needs root)',
    async () => {
      const dir = folder()
      const mount = dir.file('small')
      mkdirSync(mount)
      const mounted = spawnSync('mount', [
        '-t',
        'tmpfs',
        '-o',
        'size=64k,mode=0700',
        'tmpfs',
        mount,
      ])
      expect(mounted.status).toBe(0)
      onTestFinished(() => void spawnSync('umount', [mount]))
      const text = '{gateway: {port: 1}}'
      writeFileSync(join(mount, 'openclaw.json'), text, { mode: 0o600 })
      expect(() => writeFileSync(join(mount, 'filler'), Buffer.alloc(1024 * 1024))).toThrow(
        'ENOSPC',
      )

      const request = dir.request({ env: { OPENCLAW_STATE_DIR: mount } })
      const result = await editConfig(request, () => [
        { kind: 'set', path: ['gateway', 'port'], value: 2 },
      ])
      expect(result.kind === 'refused' && result.problems[0]?.message).toMatch(
        /no space left.*ENOSPC/,
      )
      expect(readFileSync(join(mount, 'openclaw.json'), 'utf8')).toBe(text)
      expect(readdirSync(mount).filter((name) => name.endsWith('.tmp'))).toEqual([])
    },
  )
})
