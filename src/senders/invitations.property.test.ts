/** The life of invitations against a naive reading of SPEC 14.6: uses, ends, deaths, full disks, clocks, guesses. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyInvitationLife, type InvitationStep } from './invitation-model.fixture.ts'
import { InvitationWorld } from './invitation-world.fixture.ts'
import { memoryMedium, sqliteMedium, type Medium } from './model-media.fixture.ts'

/** `INVITATION_RUNS=200000` for a long night. */
const RUNS = Number(process.env['INVITATION_RUNS'] ?? 3_000)
/** The disk is slow. */
const ON_DISK = Math.ceil(RUNS / 60)
const TIMEOUT = 120_000 * Math.ceil(RUNS / 3_000)

const ANSWERS = [
  'made',
  'invited',
  'again',
  'kept',
  'a stranger',
  'unknown',
  'over',
  'held',
  'cancelled',
  'nothing to cancel',
  'sender_not_allowed',
  'failed',
]
const FATES = ['disk: full', 'disk: dies before', 'disk: dies after']

async function live(
  steps: readonly InvitationStep[],
  medium: Medium,
  counts: Map<string, number>,
): Promise<void> {
  const world = new InvitationWorld(medium, (word) => counts.set(word, (counts.get(word) ?? 0) + 1))
  try {
    for (const step of steps) await world.run(step)
    await world.finish()
  } finally {
    await medium.close()
  }
}

/** The generator is not blind: each of these came up. */
function rare(counts: Map<string, number>, words: readonly string[], least: number): string[] {
  return words.filter((word) => (counts.get(word) ?? 0) < least)
}

test(
  'nobody comes but by a code that stands, nobody twice, and no more than may',
  { timeout: TIMEOUT },
  async () => {
    const counts = new Map<string, number>()
    const property = fc.asyncProperty(anyInvitationLife, (steps) =>
      live(steps, memoryMedium(), counts),
    )
    await fc.assert(property, { numRuns: RUNS })
    expect(rare(counts, [...ANSWERS, ...FATES], RUNS / 150)).toEqual([])
  },
)

test('the same over the real store, reopened after each death', { timeout: TIMEOUT }, async () => {
  const counts = new Map<string, number>()
  const property = fc.asyncProperty(anyInvitationLife, async (steps) =>
    live(steps, await sqliteMedium(), counts),
  )
  await fc.assert(property, { numRuns: ON_DISK })
  expect(rare(counts, FATES, 1)).toEqual([])
})
