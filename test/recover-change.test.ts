/** `openclaw recover` and a change that waits to be undone: beside a gateway that runs, and what becomes of it later. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeStateDir, startGateway, TOKEN } from './gateway.ts'
import { changed, CHANGED, inAnHour, pendingText, put } from './recover-change-states.fixture.ts'
import { asideOf, CONFIG, openclaw, treeOf } from './recover.fixture.ts'

const PENDING = 'openclaw.json.pending'
const read = (dir: string, name: string): string => readFileSync(join(dir, name), 'utf8')

function stateDir(): string {
  const parent = mkdtempSync(join(tmpdir(), 'openclaw-recover-change-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const dir = join(parent, 's')
  mkdirSync(dir, { mode: 0o700 })
  return dir
}

async function running() {
  const dir = makeStateDir({ files: { 'openclaw.json': CONFIG } })
  const gateway = await startGateway({ dir })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  return { dir, gateway }
}

test('beside a gateway that runs it is named and left: who, what and until when, and no value', async () => {
  const { dir, gateway } = await running()
  const token = 'decade22'.repeat(8)
  const set = ['config', 'set', '--confirm', '10m', 'gateway.auth.token', token]
  expect(gateway.cli(set).code).toBe(0)
  const before = [read(dir, 'openclaw.json'), read(dir, PENDING)]
  for (const args of [['recover'], ['recover', '--dry-run'], ['recover', '--json']]) {
    const { code, stdout, stderr } = await openclaw(dir, args)
    expect(stdout).toMatch(
      /a change of gateway\.auth\.token by owner:\S+, made \S+Z, waits until \S+Z to be undone/,
    )
    expect(stdout).toContain('openclaw config confirm')
    for (const secret of [TOKEN, token]) expect(stdout + stderr).not.toContain(secret)
    expect(code).toBe(0)
  }
  expect([read(dir, 'openclaw.json'), read(dir, PENDING)]).toEqual(before)
})

test('beside a gateway that runs what nothing can be undone by is wrong, and nothing is touched', async () => {
  const { dir } = await running()
  const half = pendingText().slice(0, 300)
  put(dir, PENDING, half)
  const { code, stdout } = await openclaw(dir, ['recover'])
  expect(stdout).toMatch(/wrong +change: openclaw\.json\.pending is none of ours/)
  expect(stdout).not.toContain(TOKEN)
  expect(code).toBe(1)
  expect(read(dir, PENDING)).toBe(half)
})

test('a change that still waits is undone by the gateway at its time, also after recover', async () => {
  const dir = stateDir()
  const undoAt = Date.now() + 12_000
  changed(dir, pendingText({ undoAt }))
  const { code, stdout } = await openclaw(dir, ['recover'])
  expect(stdout).toMatch(/nothing to recover/)
  expect(code).toBe(0)
  expect(read(dir, 'openclaw.json')).toBe(CHANGED)
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  await vi.waitFor(() => expect(read(dir, 'openclaw.json')).toBe(CONFIG), {
    timeout: 30_000,
    interval: 50,
  })
  expect(Date.now()).toBeGreaterThanOrEqual(undoAt)
})

test('a change that closed pairing does not open it again over a store that lost its revocations', async () => {
  const dir = stateDir()
  const before = CONFIG.replace('session:', 'autoApprove: true, session:')
  const undoAt = Date.now() + 5_000
  put(dir, 'openclaw.json', CONFIG)
  put(dir, PENDING, pendingText({ before, after: CONFIG, undoAt }))
  put(dir, 'store.sqlite', 'no database')
  expect((await openclaw(dir, ['recover'])).code).toBe(0)
  const repaired = read(dir, 'openclaw.json')
  expect(repaired).toContain('autoApprove: false')
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(undoAt), 20_000)
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  expect(read(dir, 'openclaw.json')).toBe(repaired)
})

test('--dry-run says what becomes of it and of the rest, and changes nothing', async () => {
  const dir = stateDir()
  const bad = CHANGED.replace('port: 0', 'port: 0, bnid: "lan"')
  put(dir, 'openclaw.json', bad)
  put(dir, PENDING, pendingText({ after: bad, undoAt: inAnHour() }))
  const before = treeOf(dir)
  const { code, stdout } = await openclaw(dir, ['recover', '--dry-run'])
  expect(stdout).toMatch(/wrong +change: .*bnid.* -> would be: undone/)
  // The key that is wrong goes with the change.
  expect(stdout).toContain('1 thing wrong')
  expect(stdout).not.toContain(TOKEN)
  expect(code).toBe(1)
  expect(treeOf(dir)).toStrictEqual(before)
})

test('what was undone is kept, and on the record', async () => {
  const dir = stateDir()
  changed(dir)
  const { stdout, code } = await openclaw(dir, ['recover', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).done).toMatchObject([
    {
      kind: 'repaired',
      step: 'change',
      aside: [
        expect.stringMatching(/\/openclaw\.json$/),
        expect.stringMatching(/\/openclaw\.json\.pending$/),
      ],
    },
  ])
  expect(stdout).not.toContain(TOKEN)
  expect(asideOf(dir)).toContain(CHANGED)
  const { stdout: logs } = await openclaw(dir, ['logs', 'gateway', '--json'])
  expect(logs).toContain('"event":"recover.change"')
  expect(logs).not.toContain(TOKEN)
})
