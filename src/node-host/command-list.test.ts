import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { builtInCommands } from './built-in.ts'
import { readCommandList, reachingDeep } from './command-list.ts'

interface Given {
  readonly text?: string
  readonly mode?: number
  readonly allow?: readonly string[]
  readonly required?: boolean
}

function read({ text, mode = 0o600, allow = [], required = false }: Given) {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-list-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, 'node-commands.json')
  if (text !== undefined) writeFileSync(path, text)
  if (text !== undefined) chmodSync(path, mode)
  return readCommandList({ file: { path, required }, allow, builtIn: builtInCommands('1.2.3') })
}
async function commands(given: Given) {
  const list = await read(given)
  if (list.kind === 'wrong') throw new Error(list.message)
  return list.commands
}
async function fault(given: Given): Promise<string> {
  const list = await read(given)
  return list.kind === 'wrong' ? list.message : `allowed ${[...list.commands.keys()].join()}`
}
const one = (entry: string) => `{ commands: { x: ${entry} } }`

describe('the list of commands', () => {
  it('without a file has what is built in', async () => {
    expect([...(await commands({})).keys()]).toEqual(['node.info'])
  })

  it('has what the file says, with narrow defaults', async () => {
    const text = `{
      // every night
      commands: { 'backup.run': { run: ['/usr/bin/backup', '--to', 'a b'] } },
    }`
    expect((await commands({ text })).get('backup.run')).toEqual({
      kind: 'program',
      name: 'backup.run',
      program: '/usr/bin/backup',
      args: ['--to', 'a b'],
      extraArgs: 'refused',
      cwd: null,
      env: [],
      timeoutMs: 60_000,
      maxOutputBytes: 65_536,
    })
  })

  it('has what the command line adds', async () => {
    const list = await commands({ text: one(`{ run: ['df'] }`), allow: ['up=uptime -p', 'w=w'] })
    expect([...list.keys()]).toEqual(['node.info', 'x', 'up', 'w'])
    expect(list.get('up')).toMatchObject({ program: 'uptime', args: ['-p'], extraArgs: 'refused' })
  })

  it.each([
    ['everyone can write', 0o606, 'can be written by everyone'],
    ['everyone can write and read', 0o666, 'can be written by everyone'],
  ])('is refused in a file that %s', async (_, mode, why) => {
    expect(await fault({ text: one(`{ run: ['df'] }`), mode })).toContain(why)
  })

  it('is refused in a file that a group can write with others in it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'openclaw-list-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const path = join(dir, 'list.json')
    writeFileSync(path, one(`{ run: ['df'] }`))
    // A group that no account has for its own is nobody's private one.
    const { chownSync } = await import('node:fs')
    const groups = process.getgroups?.() ?? []
    const shared =
      process.getuid?.() === 0 ? 54_321 : groups.find((gid) => gid !== process.getgid?.())
    if (shared === undefined) return
    chownSync(path, -1, shared)
    chmodSync(path, 0o660)
    const list = await readCommandList({ file: { path, required: true }, allow: [], builtIn: [] })
    expect(list).toMatchObject({
      kind: 'wrong',
      message: expect.stringMatching(/can be written by group \d+\. chmod 600/),
    })
  })

  it.each([
    ['no JSON5', '{', 'it must be JSON5'],
    ['a list', '[]', 'it must be JSON5'],
    ['an unknown key', '{ comands: {} }', 'it must be JSON5'],
    ['no program', one('{ run: [] }'), 'in commands.x.run'],
    [
      'a line for a shell',
      one(`{ run: ['df -h'] }`),
      'in commands.x.run.0: must be a program alone',
    ],
    ['a line in place of words', one(`{ run: 'df -h' }`), 'in commands.x.run'],
    ['a relative path', one(`{ run: ['./df'] }`), 'must be an absolute path, or the name of'],
    ['a NUL', one(`{ run: ['df', 'a\\u0000b'] }`), 'in commands.x.run.1'],
    ['a relative folder', one(`{ run: ['df'], cwd: 'x' }`), 'in commands.x.cwd'],
    [
      'a secret of this program',
      one(`{ run: ['df'], env: ['OPENCLAW_GATEWAY_TOKEN'] }`),
      'OPENCLAW_',
    ],
    ['no name of a variable', one(`{ run: ['df'], env: ['A=B'] }`), 'in commands.x.env.0'],
    ['no end', one(`{ run: ['df'], timeoutSeconds: 601 }`), 'in commands.x.timeoutSeconds'],
    ['too much output', one(`{ run: ['df'], maxOutputBytes: 524289 }`), 'maxOutputBytes'],
    ['a mistyped key', one(`{ run: ['df'], extraArg: true }`), 'in commands.x'],
    ['a name with a blank', `{ commands: { 'a b': { run: ['df'] } } }`, '"a b" is no name'],
    [
      'a built-in name',
      `{ commands: { 'node.info': { run: ['df'] } } }`,
      'node.info is there twice',
    ],
  ])('with %s is refused', async (_, text, why) => {
    expect(await fault({ text })).toContain(why)
  })

  it('that is named must be there', async () => {
    expect(await fault({ required: true })).toMatch(/node-commands.json is not there$/)
  })

  it.each([
    ['uptime', 'is written <name>=<program>'],
    ['=uptime', 'is written <name>=<program>'],
    ['up=', 'is written <name>=<program>'],
    ['up=echo "a b"', 'there is no shell'],
    ['up=uptime; reboot', 'there is no shell'],
    ['up=../uptime', 'the program must be an absolute path'],
    ['node.info=uptime', 'node.info is there twice'],
  ])('--allow %s is refused', async (allow, why) => {
    expect(await fault({ allow: [allow] })).toContain(why)
  })

  it('names what gateways know as dangerous, however it is spelt', async () => {
    const list = await commands({ allow: ['System.Run=true', 'up=uptime'] })
    expect(reachingDeep(list)).toEqual(['System.Run'])
  })
})
