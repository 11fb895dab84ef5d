/** From each damaged or old state `openclaw recover` gives the owner administration back, and says what it did (SPEC 14.5, R65). */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { CHANGE_STATES } from './recover-change-states.fixture.ts'
import { openDesk } from './recover-desk.fixture.ts'
import { STATES, type Kept, type State } from './recover-states.fixture.ts'
import {
  asideOf,
  askOwner,
  livedIn,
  MESSAGE,
  openclaw,
  treeOf,
  type Lived,
} from './recover.fixture.ts'

const ROOT = process.getuid?.() === 0
const rows = Object.entries({ ...STATES, ...CHANGE_STATES }).filter(
  ([, state]) => ROOT || state.onlyRoot !== true,
)
/** `RECOVER_STATES=all`: every one, looked at before and recovered twice; otherwise every other one, with one of the two. */
const ALL = process.env['RECOVER_STATES'] === 'all'
const some = rows.filter((_, index) => ALL || index % 2 === 0)
const base: { lived: Lived | null } = { lived: null }

beforeAll(async () => {
  base.lived = await livedIn()
})
afterAll(() => rmSync(base.lived?.dir ?? '', { recursive: true, force: true }))

test('there are at least 30 states, as promised', () => {
  expect(rows.length).toBeGreaterThan(60)
})

test.concurrent.each(some.map(([name, state], index) => [name, state, index % 2] as const))(
  '%s',
  async (_, state, half) => {
    const lived = base.lived
    if (lived === null) throw new Error('no gateway has lived')
    const parent = mkdtempSync(join(tmpdir(), 'openclaw-recover-test-'))
    try {
      const dir = join(parent, 's')
      execFileSync('cp', ['-a', lived.dir, dir])
      await state.spoil(dir, lived)
      if (ALL || half === 0) await examined(dir, state)
      await recovered(dir, state, lived)
      if (ALL || half === 1) await nothingLeft(dir, state)
      await admin(dir, state, lived)
    } finally {
      rmSync(parent, { recursive: true, force: true })
    }
  },
  60_000,
)

/** A dry run names what is wrong, and changes nothing. */
async function examined(dir: string, { harmless, env = {} }: State): Promise<void> {
  const before = treeOf(dir)
  const { code, stdout, stderr } = await openclaw(dir, ['recover', '--dry-run'], { env })
  expect(stderr).toBe('')
  expect(stdout).toMatch(harmless === true ? /nothing to recover/ : /\d+ things? wrong/)
  expect(code).toBe(harmless === true ? 0 : 1)
  expect(treeOf(dir)).toStrictEqual(before)
}

async function recovered(dir: string, state: State, lived: Lived): Promise<void> {
  const { env = {}, args = () => [] } = state
  const first = await openclaw(dir, ['recover', ...args(lived)], { env })
  expect(first.stderr).toBe('')
  expect(first.stdout).toMatch(state.says)
  expect(first.stdout).toMatch(/answered you as its administrator/)
  expect(first.stdout).not.toContain(TOKEN)
  expect(first.code).toBe(0)
  if (state.aside !== undefined) expect(asideOf(dir)).toMatch(state.aside)
  const text = configOf(dir)
  if (state.config !== undefined) expect(text).toMatch(state.config)
  if (state.configNot !== undefined) expect(text).not.toMatch(state.configNot)
}

async function nothingLeft(dir: string, { env = {} }: State): Promise<void> {
  const again = await openclaw(dir, ['recover'], { env })
  expect(again.stdout).toContain('nothing to recover')
  expect(again.stdout).not.toMatch(/^(repaired|left)/m)
  expect(again.code).toBe(0)
}

async function admin(dir: string, state: State, lived: Lived): Promise<void> {
  const { env = {}, loses = [] } = state
  const gateway = await startGateway({ dir, env })
  try {
    const { status, text } = await askOwner(dir, '/api/v1/whoami')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ principal: { kind: 'owner' } })
    expect(text).toContain('operator.admin')
    for (const [what, isThere] of Object.entries(await still(gateway, lived)))
      expect(`${what}: ${isThere}`).toBe(`${what}: ${!loses.some((lost) => lost === what)}`)
    if (state.whole !== true) onTheRecord(dir, state)
  } finally {
    await gateway.stop('SIGTERM')
  }
  if (state.whole !== true) await device(dir, state, lived)
}

/** What is answered now, each by its own way in. */
async function still(gateway: RunningGateway, lived: Lived): Promise<Record<string, boolean>> {
  const history = await askOwner(gateway.dir, '/api/v1/sessions/s1/history')
  const withToken = await gateway.ask({ headers: bearer(TOKEN) })
  const withKey = await gateway.ask({ headers: { 'x-api-key': lived.apiKey } })
  return {
    messages: history.text.includes(MESSAGE),
    token: withToken.text.includes('"kind":"shared"'),
    apiKey: withKey.text.includes('"kind":"api-key"'),
    setting: /maxConcurrent"?: 7/.test(configOf(gateway.dir)),
  }
}

function configOf(dir: string): string {
  const paths = ['openclaw.json', 'gateway.yaml'].map((name) => join(dir, name))
  return readFileSync(paths.find((path) => existsSync(path)) ?? '', 'utf8')
}

function onTheRecord(dir: string, { harmless }: State): void {
  const folder = join(dir, 'records')
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(text.join('')).toContain('"event":"recover.done"')
  if (harmless !== true) expect(text.join('')).toMatch(/"event":"recover\.(?!done)/)
  expect(existsSync(join(dir, 'recovered/unrecorded.jsonl'))).toBe(false)
}

/** Whoever was revoked stays out; whoever was let in stays in. */
async function device(dir: string, { loses = [] }: State, lived: Lived): Promise<void> {
  const desk = await openDesk(dir)
  const lost = loses.some((kept: Kept) => kept === 'device')
  const approved = desk.find(lived.admin)
  const barred = desk.find(lived.revoked)
  await desk.close()
  expect(approved !== null && approved.barred.length === 0 && approved.grants.length === 1).toBe(
    !lost,
  )
  expect(barred === null || (barred.barred.length > 0 && barred.grants.length === 0)).toBe(true)
}
