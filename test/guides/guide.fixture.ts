/** A page that tells people what to type: each line of it is typed in its order, in one shell, and each file of it is put where it belongs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, openShell } from '../printed/shell.fixture.ts'
import { piecesOf, type Piece } from './page.ts'
import { openSession, type Going } from './session.fixture.ts'
import type { Guide, Place, Step } from './steps.ts'
import { takeStep } from './take-step.fixture.ts'

/** Declares the tests of a page. */
export function followGuide(guide: Guide): void {
  const pieces = piecesOf(guide.page)
  test('each line and each file of the page has a row, in its order', () => {
    expect(guide.steps.map(nameOfStep)).toEqual(pieces.map(nameOfPiece(guide.steps)))
  })
  test('what is not tried says why', () => {
    for (const step of guide.steps) if ('why' in step) expect(step.why).toMatch(/\w+ \w+/)
  })
  const lacks = guide.lacks ?? null
  describe.skipIf(lacks !== null)(lacks === null ? 'typed' : `skipped: needs ${lacks}`, () => {
    const opened = openPlace(guide)
    beforeAll(async () => {
      await opened.open()
    })
    afterAll(() => opened.close())
    const timeout = guide.timeout ?? 120_000
    test('each of them does what the page says', { timeout }, async () => {
      const files = pieces.flatMap((piece) => (piece.kind === 'block' ? [piece.text] : []))
      for (const step of guide.steps) {
        const text = 'block' in step ? (files.shift() ?? '') : ''
        await takeStep(step, text, { place: opened.place(), general: guide.fill })
      }
    })
  })
}

/** A gateway that runs from the first line of a page on; `config` is its file, where there is one. */
export async function gatewayBeside(place: Place, config?: object): Promise<Going> {
  if (config !== undefined) configured(place, config)
  return place.begin('openclaw gateway', /listens on http:/)
}

/** Writes the configuration file that the home has before the first line. */
export function configured({ shell }: Place, config: object): void {
  mkdirSync(shell.stateDir, { mode: 0o700, recursive: true })
  writeFileSync(join(shell.stateDir, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
}

/** A home, a shell in it and a port; what was begun there ends with it. */
function openPlace(guide: Guide) {
  const closings: (() => unknown)[] = []
  const afterwards = (close: () => unknown) => void closings.unshift(close)
  const at = { place: {} as Place }
  const open = async (): Promise<void> => {
    const shell = openShell()
    afterwards(() => shell.remove())
    const port = await freePort()
    const machine = await guide.machine?.(shell.home)
    afterwards(() => machine?.off())
    const env = { OPENCLAW_GATEWAY_PORT: port, ...guide.env }
    const session = openSession(shell, env, machine?.within)
    afterwards(() => session.end())
    const begin: Place['begin'] = async (...words) => {
      const going = await session.begin(...words)
      afterwards(() => going.end())
      return going
    }
    at.place = { shell, session, port, begin, afterwards }
    await guide.opens?.(at.place)
  }
  const close = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const one of closings) await attempt(one).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  return { place: () => at.place, open, close }
}

async function attempt(work: () => unknown): Promise<void> {
  await work()
}

function nameOfStep(step: Step): string {
  return 'line' in step ? step.line : `${step.block}: ${step.begins}`
}

/** A block is named by as much of its beginning as the row in its place says. */
function nameOfPiece(steps: readonly Step[]) {
  return (piece: Piece, index: number): string => {
    if (piece.kind === 'line') return piece.text
    const step = steps[index]
    const length = step !== undefined && 'begins' in step ? step.begins.length : 40
    return `${piece.language}: ${piece.text.slice(0, length)}`
  }
}
