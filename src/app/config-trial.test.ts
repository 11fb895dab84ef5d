import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folder, loaded } from '../config/folder.fixture.ts'
import { ConfigTrial, type TrialParts } from './config-trial.ts'

const FOREVER = 600_000

/** A gateway that started while a change waits. */
async function waitingSince(now: number) {
  const place = folder({ 'openclaw.json': '{ gateway: { port: 1 } }', 'openclaw.json.pending': '' })
  const config = await loaded(place.request())
  const pending = {
    keys: ['gateway.port'],
    by: 'shared:token',
    since: now,
    undoAt: now + FOREVER,
    before: '{}',
    after: '',
  }
  const current = () => ({ loaded: config })
  const parts = {
    request: place.request(),
    live: { current, generation: () => 0 },
    clock: () => now,
    atStart: { kind: 'waits', file: place.file('openclaw.json'), pending },
  }
  // Whatever else a gateway has, keeping a change does not ask for.
  const trial = new ConfigTrial(parts as unknown as TrialParts)
  return { trial, kept: () => !existsSync(place.file('openclaw.json.pending')) }
}

test('a confirmation keeps the change that was asked about, and no other that waits by then', async () => {
  const { trial, kept } = await waitingSince(Date.now())
  const { trial: other } = await waitingSince(Date.now())
  const [asked, another] = [trial.waiting(), other.waiting()]
  if (asked === null || another === null) throw new Error('nothing waits')
  expect(await trial.keep(another)).toEqual({ kind: 'gone' })
  expect(kept()).toBe(false)
  expect(await trial.keep(asked)).toEqual({ kind: 'kept' })
  expect(kept()).toBe(true)
})
