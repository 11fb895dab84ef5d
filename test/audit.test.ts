/** Every check of the audit reports the state that it is about, and no longer once that is mended. */
import { expect, test } from 'vitest'
import { CHECKS } from '../src/audit/checks/index.ts'
import { COMMANDS } from '../src/cli/index.ts'
import { CHANNEL_ROWS } from './audit/rows-channels.ts'
import { CONFIG_ROWS } from './audit/rows-config.ts'
import { FS_ROWS } from './audit/rows-fs.ts'
import { GATEWAY_ROWS } from './audit/rows-gateway.ts'
import { SECRETS_ROWS } from './audit/rows-secrets.ts'
import { findingsIn } from './audit/scene.fixture.ts'

const ROWS = { ...GATEWAY_ROWS, ...FS_ROWS, ...CHANNEL_ROWS, ...CONFIG_ROWS, ...SECRETS_ROWS }
const ROOT = process.getuid?.() === 0
const TRIED = Object.entries(ROWS).filter(([, { needsRoot = false }]) => ROOT || !needsRoot)

test('every check has its two states, and no id is there twice', () => {
  expect(CHECKS.map(({ id }) => id).toSorted()).toEqual(Object.keys(ROWS).toSorted())
})

test.each(TRIED)('%s', async (check, { wrong, right, says, as: id = check }) => {
  const found = (await findingsIn(wrong)).filter(({ checkId }) => checkId === id)
  expect(found.map(({ detail }) => detail)).toEqual([expect.stringMatching(says)])
  expect(found[0]?.fix).toMatch(/\S/)
  expect((await findingsIn(right)).map(({ checkId }) => checkId)).not.toContain(id)
})

test('what a finding says to type is a command', async () => {
  const found = await Promise.all(TRIED.map(([, { wrong }]) => findingsIn(wrong)))
  const typed = found
    .flat()
    .flatMap(({ fix }) => [...fix.matchAll(/\bopenclaw ([a-z-]+)(?: ([a-z-]+))?/g)])
    .map(([, noun, verb]) => [noun, `${noun} ${verb}`])
  expect(typed.length).toBeGreaterThan(20)
  const known = new Set(COMMANDS.map(({ name }) => name))
  const unknown = typed.filter((names) => !names.some((name) => known.has(name ?? '')))
  expect(unknown).toEqual([])
})
