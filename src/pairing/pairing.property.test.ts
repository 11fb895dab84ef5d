/** The desk against a naive reading of SPEC 4 and PROTOCOL 3, through whatever happens to it: orders, deaths, full disks, clocks. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyCommands, type Command } from './model-commands.fixture.ts'
import { memoryMedium, sqliteMedium, type Medium } from './model-media.fixture.ts'
import { World } from './model-world.fixture.ts'

/** `PAIRING_RUNS=200000` for a long night. */
const RUNS = Number(process.env['PAIRING_RUNS'] ?? 4_000)
/** The disk is slow, and so are signatures. */
const ON_DISK = Math.ceil(RUNS / 80)
const TIMEOUT = 300_000 * Math.ceil(RUNS / 12_000)

class Tally {
  readonly #counts = new Map<string, number>()
  readonly add = (word: string): void =>
    void this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  /** The generator is not blind: each of these came up. */
  expectEach(words: readonly string[], least: number): void {
    const rare = words.filter((word) => (this.#counts.get(word) ?? 0) < least)
    expect(rare.map((word) => `${word}: ${this.#counts.get(word) ?? 0}`)).toEqual([])
  }
}

const ANSWERS = [
  'in',
  'in as the owner',
  'no',
  'waits',
  'waits as before',
  'full',
  'approved',
  'rejected',
  'rotated',
  'revoked',
  'done',
  'made',
  'denied',
  'unknown',
  'missing operator.write',
  'missing operator.admin',
  'missing a scope',
  'crowded',
]
const FATES = ['kept', 'disk full', 'dies before', 'dies after', 'failed', 'died']
const FACTS = [
  'asked',
  'asked again',
  'over',
  'approved',
  'narrowed',
  'restated',
  'revoked',
  'removed',
  'token',
  'successor used',
  'code',
  'code over',
  'lapsed',
  'code lapsed',
]

async function live(
  commands: readonly Command[],
  medium: Medium,
  options: { readonly signing: boolean; readonly tally: Tally },
): Promise<void> {
  const world = new World(medium, { signing: options.signing, tally: options.tally.add })
  try {
    for (const command of commands) await world.run(command)
    await world.finish()
  } finally {
    await medium.close()
  }
}

test(
  'no revoked, expired or narrower approval ever widens, whatever happens and whenever the process dies',
  { timeout: TIMEOUT },
  async () => {
    const tally = new Tally()
    const property = fc.asyncProperty(anyCommands, (commands) =>
      live(commands, memoryMedium(), { signing: false, tally }),
    )
    await fc.assert(property, { numRuns: RUNS })
    tally.expectEach([...ANSWERS, ...FATES, ...FACTS], RUNS / 150)
  },
)

test(
  'the same over the real store, reopened after each death, with real signatures',
  { timeout: TIMEOUT },
  async () => {
    const tally = new Tally()
    const property = fc.asyncProperty(anyCommands, async (commands) =>
      live(commands, await sqliteMedium(), { signing: true, tally }),
    )
    await fc.assert(property, { numRuns: ON_DISK })
    tally.expectEach(FATES, ON_DISK / 10)
  },
)
