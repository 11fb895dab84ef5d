/** `kill -9` before every single write of a change to the secrets: nothing is lost, and the files are the old or the new ones. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { configHost } from '../host/config-host.ts'
import { STRACE, traced, writesAfterReady, type WriteCall } from '../storage/strace.fixture.ts'
import { setSecret } from './secrets-change.ts'
import { initSecrets } from './secrets-init.ts'
import { readSecrets, secretsPlace } from './secrets-store.ts'

const root = mkdtempSync(join(tmpdir(), 'secrets-kill-'))
const base = join(root, 'base')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})
beforeAll(async () => {
  // A death is told by how often a thread has called something: one thread makes them all.
  vi.stubEnv('UV_THREADPOOL_SIZE', '1')
  mkdirSync(base)
  const place = await placeIn(base)
  expect((await initSecrets(place, 0)).kind).toBe('made')
  expect((await setSecret(place, 'OLD', 'value')).kind).toBe('changed')
  writeFileSync(join(base, '.secrets'), 'PLAIN=value\n', { mode: 0o600 })
})

async function placeIn(dir: string) {
  const variables = { OPENCLAW_STATE_DIR: dir, HOME: dir }
  const found = await secretsPlace({ variables, flags: {}, host: configHost(variables) })
  if (found.kind === 'no') throw new Error(found.message)
  return found.place
}

interface Run {
  readonly stdout: string
  readonly killed: boolean
  /** `.secrets.age` and `.secrets`, opened by the next process. */
  readonly sealed: string | null
  readonly plain: string | null
}

async function run(change: string, name: string, death: WriteCall | null): Promise<Run> {
  const dir = join(root, name)
  cpSync(base, dir, { recursive: true })
  const program = join(import.meta.dirname, 'secrets-kill.fixture.ts')
  const ended = await traced([program, dir, change], { log: join(root, `${name}.log`), death })
  const kept = await readSecrets(await placeIn(dir))
  if (kept.kind === 'no') throw new Error(`${JSON.stringify(death)}: ${kept.message}`)
  // Whatever is left behind, the next change is not held up by it.
  expect(await setSecret(await placeIn(dir), 'NEXT', '1')).toEqual({ kind: 'changed' })
  expect(existsSync(join(dir, '.secrets'))).toBe(kept.plain !== null)
  return { ...ended, sealed: kept.sealed, plain: kept.plain }
}

const OLD = 'OLD=value\n'
const PLAIN = 'PLAIN=value\n'
const STATES: Readonly<Record<string, readonly (readonly [string, string | null])[]>> = {
  set: [
    [OLD, PLAIN],
    [`${OLD}NEW=value\n`, PLAIN],
  ],
  encrypt: [
    [OLD, PLAIN],
    [`${OLD}${PLAIN}`, PLAIN],
    [`${OLD}${PLAIN}`, null],
  ],
}

describe(STRACE ? 'a process that dies' : 'skipped: needs strace', () => {
  test.skipIf(!STRACE).each(Object.entries(STATES))(
    'before any write of %s leaves one of the states that lie on the way, the last one once it said so',
    { timeout: 120_000 },
    async (change, states) => {
      const whole = await run(change, `${change}-whole`, null)
      expect(whole).toMatchObject({ stdout: 'READY\nACK\n', killed: false })
      expect([whole.sealed, whole.plain]).toEqual(states.at(-1))
      const deaths = writesAfterReady(join(root, `${change}-whole.log`))
      expect(deaths.map(({ name }) => name)).toEqual(expect.arrayContaining(['fsync', 'rename']))
      const seen = new Set<string>()
      for (const [index, death] of deaths.entries()) {
        const one = await run(change, `${change}-${index}`, death)
        expect({ ...one, death }).toMatchObject({ killed: true })
        expect(states).toContainEqual([one.sealed, one.plain])
        if (one.stdout.includes('ACK')) expect([one.sealed, one.plain]).toEqual(states.at(-1))
        seen.add(JSON.stringify([one.sealed, one.plain]))
      }
      // It died between all of them.
      expect(seen.size).toBe(states.length)
    },
  )
})
