/** Senders against a naive reading of SPEC 5, through whatever happens: orders, deaths, full disks, clocks, other policies. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyLife, type Step } from './model-commands.fixture.ts'
import { memoryMedium, sqliteMedium, type Medium } from './model-media.fixture.ts'
import { World } from './model-world.fixture.ts'

/** `SENDER_RUNS=200000` for a long night. */
const RUNS = Number(process.env['SENDER_RUNS'] ?? 10_000)
/** The disk is slow. */
const ON_DISK = Math.ceil(RUNS / 80)
const TIMEOUT = 300_000 * Math.ceil(RUNS / 10_000)

const ANSWERS = [
  'kept',
  'told',
  'asked',
  'full',
  'sender_not_allowed',
  'sender_approval_expired',
  'dm_disabled',
  'approved',
  'rejected',
  'unknown',
  'held',
  'invited',
  'revoked 0',
  'revoked 1',
  'revoked 2',
  'failed',
]
const FATES = ['disk: full', 'disk: dies before', 'disk: dies after']

async function live(
  steps: readonly Step[],
  medium: Medium,
  counts: Map<string, number>,
): Promise<void> {
  const world = new World(medium, (word) => counts.set(word, (counts.get(word) ?? 0) + 1))
  try {
    for (const step of steps) await world.run(step)
    await world.finish()
  } finally {
    await medium.close()
  }
}

/** The generator is not blind: each of these came up. */
function rare(counts: Map<string, number>, words: readonly string[], least: number): string[] {
  return words
    .filter((word) => (counts.get(word) ?? 0) < least)
    .map((word) => `${word}: ${counts.get(word) ?? 0}`)
}

test(
  'nobody is let in whom no operator let in, no code works twice or late, and no queue is longer than three',
  { timeout: TIMEOUT },
  async () => {
    const counts = new Map<string, number>()
    const property = fc.asyncProperty(anyLife, (steps) => live(steps, memoryMedium(), counts))
    await fc.assert(property, { numRuns: RUNS })
    expect(rare(counts, [...ANSWERS, ...FATES], RUNS / 150)).toEqual([])
  },
)

test('the same over the real store, reopened after each death', { timeout: TIMEOUT }, async () => {
  const counts = new Map<string, number>()
  const property = fc.asyncProperty(anyLife, async (steps) =>
    live(steps, await sqliteMedium(), counts),
  )
  await fc.assert(property, { numRuns: ON_DISK })
  expect(rare(counts, FATES, 1)).toEqual([])
})
