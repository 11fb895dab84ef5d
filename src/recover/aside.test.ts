/** Nothing that is put aside is lost, whatever lies there already, and what the record must hear waits for it. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Aside } from './aside.ts'
import { keepNote, keptNotes, notesAreRecorded, unrecordedPath } from './notes.ts'
import { emptyFolder, NOW, testPlace } from './place.fixture.ts'
import { runSteps } from './run-steps.ts'
import type { Fault, Step, Told } from './types.ts'

const FOLDER = 'recovered/2026-11-20T12-00-00Z'
const NOTE = { at: NOW, event: 'recover.key', by: 'owner:recover', facts: { what: 'x' } }

test('two things of one name each find room, readable by the owner alone', async () => {
  const dir = emptyFolder()
  const aside = new Aside(dir, NOW)
  for (const text of ['first', 'second']) {
    writeFileSync(join(dir, 'a'), text, { mode: 0o644 })
    await aside.move(join(dir, 'a'))
  }
  expect(readFileSync(join(dir, FOLDER, 'a'), 'utf8')).toBe('first')
  expect(readFileSync(join(dir, FOLDER, 'a.2'), 'utf8')).toBe('second')
  expect(aside.take()).toEqual([`${FOLDER}/a`, `${FOLDER}/a.2`])
  expect(aside.take()).toEqual([])
  expect(statSync(join(dir, 'recovered')).mode & 0o777).toBe(0o700)
  expect(existsSync(join(dir, 'a'))).toBe(false)
})

test('a link is moved, not what it leads to', async () => {
  const dir = emptyFolder()
  writeFileSync(join(dir, 'target'), 'mine')
  symlinkSync(join(dir, 'target'), join(dir, 'link'))
  await new Aside(dir, NOW).move(join(dir, 'link'))
  expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('mine')
})

test('a copy is made once, and is the owner’s alone', async () => {
  const dir = emptyFolder()
  const aside = new Aside(dir, NOW)
  writeFileSync(join(dir, 'a'), 'as it was', { mode: 0o644 })
  await aside.copy(join(dir, 'a'))
  writeFileSync(join(dir, 'a'), 'half repaired')
  await aside.copy(join(dir, 'a'))
  expect(readdirSync(join(dir, FOLDER))).toEqual(['a'])
  expect(readFileSync(join(dir, FOLDER, 'a'), 'utf8')).toBe('as it was')
  expect(statSync(join(dir, FOLDER, 'a')).mode & 0o777).toBe(0o600)
})

test('a file in place of the folder makes way', async () => {
  const dir = emptyFolder()
  writeFileSync(join(dir, 'recovered'), 'mine')
  writeFileSync(join(dir, 'a'), 'x')
  await new Aside(dir, NOW).move(join(dir, 'a'))
  expect(readFileSync(join(dir, 'recovered-was-not-ours'), 'utf8')).toBe('mine')
  expect(readFileSync(join(dir, FOLDER, 'a'), 'utf8')).toBe('x')
})

test('a note that was torn by a kill costs no other, and all wait until the record has them', async () => {
  const dir = emptyFolder()
  expect(await keptNotes(dir)).toEqual([])
  await keepNote(dir, NOTE)
  appendFileSync(unrecordedPath(dir), '{"at":1,"eve')
  await keepNote(dir, { ...NOTE, event: 'recover.store' })
  expect((await keptNotes(dir)).map(({ event }) => event)).toEqual(['recover.key', 'recover.store'])
  await notesAreRecorded(dir, '2026-11-20T12-00-00Z')
  expect(await keptNotes(dir)).toEqual([])
  expect(readFileSync(join(dir, FOLDER, 'notes.jsonl'), 'utf8')).toContain('recover.store')
})

test('before a repair begins, what the record will hear of it is on disk', async () => {
  const dir = emptyFolder()
  const noted: string[] = []
  const repair = async (): Promise<null> => {
    noted.push(...(await keptNotes(dir)).map(({ event, facts }) => `${event}: ${facts['what']}`))
    return null
  }
  const step: Step = {
    name: 'key',
    examine: async () =>
      noted.length > 0
        ? []
        : [{ kind: 'repairable', what: 'it is gone', remedy: 'made', next: null, repair }],
  }
  await runSteps([step], { place: testPlace(dir), mode: 'repair', tell: () => {} })
  expect(noted).toEqual(['recover.key: it is gone'])
})

test('a repair that fails, or does not hold, is told once and the next step is taken', async () => {
  const dir = emptyFolder()
  mkdirSync(join(dir, 'records'))
  const told: Told[] = []
  const state = { repaired: 0 }
  const fault = (what: string, repair: () => Promise<null>): Fault => {
    return { kind: 'repairable', what, remedy: 'mended', next: null, repair }
  }
  const steps: readonly Step[] = [
    {
      name: 'one',
      examine: async () => [fault('a', () => Promise.reject(new Error('no space left')))],
    },
    { name: 'two', examine: async () => [fault('b', async () => null)] },
    { name: 'three', examine: () => Promise.reject(new Error('a bug')) },
    {
      name: 'four',
      examine: async () =>
        state.repaired > 0
          ? []
          : [
              fault('c', async () => {
                state.repaired += 1
                return null
              }),
            ],
    },
  ]
  const run = {
    place: testPlace(dir),
    mode: 'repair',
    tell: (one: Told) => void told.push(one),
  } as const
  expect(await runSteps(steps, run)).toEqual({ repairs: 2, left: 3 })
  expect(told.map(({ kind, step }) => `${step} ${kind}`)).toEqual([
    'one left',
    'two repaired',
    'two left',
    'three left',
    'four repaired',
  ])
})
