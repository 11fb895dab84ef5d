/** What others could have written is judged by the audit and the doctor, and obeyed by neither: no program of theirs runs, and no file of ours changes because they named it (SPEC 1, 9). */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { auditState } from '../src/app/command-audit.ts'
import { look } from '../src/app/audit-look.ts'
import { keepFiles } from '../src/app/audit-undo.ts'
import { doctorFacts } from '../src/app/doctor-facts.ts'
import { sceneOf, type AuditState, type Scene } from './audit/scene.fixture.ts'
import { makeStateDir, runCli, TOKEN } from './gateway.ts'

const ROOT = process.getuid?.() === 0

async function place(state: AuditState): Promise<Scene> {
  const scene = await sceneOf(state)
  onTestFinished(() => scene.remove())
  return scene
}

function outside(): string {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-elsewhere-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function ioOf({ io }: Scene) {
  return { stdout: () => {}, stderr: () => {}, isTty: false, columns: null, ...io }
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

/** Prints a token, and leaves a mark that it ran. */
function program(): { readonly path: string; readonly ran: () => boolean } {
  const dir = outside()
  const [path, mark] = [join(dir, 'secret'), join(dir, 'ran')]
  writeFileSync(path, `#!/bin/sh\n: > ${mark}\necho ${TOKEN}\n`, { mode: 0o700 })
  return { path, ran: () => existsSync(mark) }
}

function naming(id: string): object {
  return { gateway: { auth: { mode: 'token', token: { source: 'exec', id } } } }
}

describe('a program', () => {
  test('runs where nobody but the owner could have named it', async () => {
    const { path, ran } = program()
    await look((await place({ config: naming(path) })).io)
    expect(ran()).toBe(true)
  })

  const SETTINGS: readonly (readonly [string, (path: string) => AuditState])[] = [
    ['the configuration', (path) => ({ config: naming(path), modes: { 'openclaw.json': 0o666 } })],
    [
      '.env',
      (path) => ({
        config: naming('${HELPER}'),
        files: { '.env': `HELPER=${path}\n` },
        modes: { '.env': 0o666 },
      }),
    ],
    [
      '.secrets',
      (path) => ({
        config: naming('${HELPER}'),
        files: { '.secrets': `HELPER=${path}\n` },
        modes: { '.secrets': 0o666 },
      }),
    ],
  ]

  test.each(SETTINGS)('does not run where others can write %s', async (_, stateFor) => {
    const { path, ran } = program()
    const scene = await place(stateFor(path))
    const { audited } = await look(scene.io)
    await doctorFacts({ io: ioOf(scene), deep: false })
    expect(ran()).toBe(false)
    const found = audited.findings.find(({ checkId }) => checkId === 'config.unresolved')
    expect(found?.detail).toMatch(/gateway\.auth\.token: .* is not run: others can write /)
  })

  test.each(SETTINGS)(
    'is left unrun by --fix, which leaves %s to be looked at',
    async (_, stateFor) => {
      const { path, ran } = program()
      const scene = await place(stateFor(path))
      const [file = ''] = Object.keys(stateFor(path).modes ?? {})
      const { findings } = await auditState({ deep: false, fix: true }, ioOf(scene))
      expect(ran()).toBe(false)
      expect(modeOf(join(scene.dir, file))).toBe(0o666)
      const writable = findings.find(({ checkId }) => checkId.endsWith('perms_world_writable'))
      expect(writable?.fix).toMatch(
        /^Look at what is in it: it may name a program\. Then: chmod 600 /,
      )
    },
  )

  test.skipIf(!ROOT)(
    'of another user’s configuration is not run by root (needs root)',
    async () => {
      const { path, ran } = program()
      const scene = await place({ config: naming(path), owners: { 'openclaw.json': 65_534 } })
      await look(scene.io)
      expect(ran()).toBe(false)
    },
  )
})

describe('a file elsewhere that the settings name', () => {
  const state = (identity: string, mode: number): AuditState => ({
    config: { secrets: { identity }, gateway: { auth: { token: TOKEN } } },
    modes: { 'openclaw.json': mode },
  })

  test.each([
    ['is narrowed where its owner named it', 0o600, 0o600],
    ['stays as it is where others could have named it', 0o666, 0o644],
  ])('%s', async (_, config, after) => {
    const identity = join(outside(), 'id.txt')
    writeFileSync(identity, 'text')
    chmodSync(identity, 0o644)
    const scene = await place(state(identity, config))
    await auditState({ deep: false, fix: true }, ioOf(scene))
    expect(modeOf(identity)).toBe(after)
    expect(modeOf(join(scene.dir, 'openclaw.json'))).toBe(0o600)
  })

  test('stays as it is where it is a folder: that is no identity', async () => {
    const folder = join(outside(), 'home')
    mkdirSync(folder)
    chmodSync(folder, 0o755)
    const scene = await place(state(folder, 0o600))
    await auditState({ deep: false, fix: true }, ioOf(scene))
    expect(modeOf(folder)).toBe(0o755)
  })

  test.skipIf(!ROOT)('stays as it is where it is another user’s (needs root)', async () => {
    const identity = join(outside(), 'id.txt')
    writeFileSync(identity, 'text')
    chmodSync(identity, 0o644)
    chownSync(identity, 65_534, 65_534)
    const scene = await place(state(identity, 0o600))
    const { repaired } = await auditState({ deep: false, fix: true }, ioOf(scene))
    expect(modeOf(identity)).toBe(0o644)
    expect(repaired).toMatchObject([{ done: false, what: expect.stringContaining('uid 65534') }])
  })
})

test.each([
  '.env',
  'openclaw.json',
  '.secrets',
  'auth/api_keys.json',
  'x.lock',
  'store.sqlite',
  'gateway.json',
  'records/0000000000000001.jsonl',
])('a pipe in the place of %s holds nobody up', async (name) => {
  const scene = await place({ config: { security: { apiKeys: { enabled: true } } } })
  for (const folder of ['auth', 'records']) mkdirSync(join(scene.dir, folder))
  rmSync(join(scene.dir, name), { force: true })
  execFileSync('mkfifo', [join(scene.dir, name)])
  const { audited } = await look(scene.io)
  const facts = await doctorFacts({ io: ioOf(scene), deep: false })
  expect(audited.findings).toBeInstanceOf(Array)
  expect(facts.stateDir).toBe(scene.dir)
})

test('the name of a file that somebody planted is one word of what is to be typed', async () => {
  const name = 'credentials/a; touch ran'
  const scene = await place({ files: { [name]: '{}' }, modes: { [name]: 0o644 } })
  const { audited } = await look(scene.io)
  const found = audited.findings.find(({ checkId }) => checkId === 'secrets.credentials_readable')
  execFileSync('/bin/sh', ['-c', found?.fix ?? ''], { cwd: scene.dir })
  expect(modeOf(join(scene.dir, name))).toBe(0o600)
  expect(readdirSync(scene.dir)).not.toContain('ran')
})

test('what lies behind a linked folder is not the doctor’s to delete or move', async () => {
  const elsewhere = outside()
  const [left, lock] = [join(elsewhere, '.x.0123456789ab.tmp'), join(elsewhere, 'yarn.lock')]
  for (const path of [left, lock]) writeFileSync(path, 'somebody else’s')
  const scene = await place({ links: { credentials: elsewhere } })
  const { leftovers, locks } = await doctorFacts({ io: ioOf(scene), deep: false })
  expect({ leftovers, locks }).toEqual({ leftovers: [], locks: [] })
})

test('what is put back behind a link has the permissions that it had, not those of the link', async () => {
  const elsewhere = join(outside(), 'openclaw.json')
  writeFileSync(elsewhere, '{}')
  chmodSync(elsewhere, 0o600)
  const scene = await place({})
  const link = join(scene.dir, 'openclaw.json')
  rmSync(link)
  symlinkSync(elsewhere, link)
  const repair = { kind: 'set', key: 'gateway.port', value: 1024 } as const
  const finding = { checkId: 'test', severity: 'info', title: '', detail: '', fix: '' } as const
  const kept = await keepFiles([{ ...finding, repairs: [repair] }], link)
  expect(await kept.putBack()).toBeNull()
  expect(modeOf(elsewhere)).toBe(0o600)
})

test.skipIf(!ROOT)('root mends the state dir of its owner as its owner (needs root)', () => {
  const dir = makeStateDir({ config: { gateway: { auth: { token: TOKEN } } } })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const key = `sk-${'k1'.repeat(24)}`
  const keys = { keys: [{ id: 'a', key, permissions: ['read'], created_at: '2026-01-01' }] }
  mkdirSync(join(dir, 'auth'))
  writeFileSync(join(dir, 'auth/api_keys.json'), JSON.stringify(keys))
  writeFileSync(
    join(dir, 'openclaw.json'),
    JSON.stringify({
      gateway: { auth: { token: TOKEN } },
      security: { apiKeys: { enabled: true } },
      channels: { telegram: { token: '1:x', dmPolicy: 'open', allowFrom: ['*'] } },
    }),
  )
  for (const path of [
    dir,
    ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)),
  ])
    chownSync(path, 65_534, 65_534)
  chmodSync(join(dir, 'openclaw.json'), 0o644)
  const { stdout } = runCli(dir, ['security', 'audit', '--fix', '--json'])
  const { repaired } = JSON.parse(stdout) as { readonly repaired: readonly { done: boolean }[] }
  expect(repaired.length).toBeGreaterThan(1)
  expect(repaired.filter(({ done }) => !done)).toEqual([])
  const owners = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => [
    name,
    statSync(join(dir, name)).uid,
  ])
  expect(owners).toEqual(owners.map(([name]) => [name, 65_534]))
})
