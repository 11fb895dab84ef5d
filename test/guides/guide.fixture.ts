/** A page that tells people what to type: each line of it is typed in its order, in one shell, and each file of it is put where it belongs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { end, freePort, openShell, type Shell } from '../printed/shell.fixture.ts'
import { piecesOf, type Piece } from './page.ts'
import { openSession, type Going, type Session } from './session.fixture.ts'

/** Where a page is followed. */
export interface Place {
  readonly shell: Shell
  readonly session: Session
  /** The gateway's: it has the usual one's place in the lines. */
  readonly port: string
  /** What was begun and goes on, by its line as it stands on the page. */
  readonly going: Map<string, Going>
}

type Value = string | ((place: Place) => string | Promise<string>)

interface Prepared {
  /** Typed before it, or done. */
  readonly before?: string | ((place: Place) => unknown)
  /** What stands for something that only this gateway knows → what is typed in its place. */
  readonly fill?: Readonly<Record<string, Value>>
  /** What is typed where it asks. */
  readonly input?: Value
}

/** Types a line, to its end. */
export interface TypedStep extends Prepared {
  readonly line: string
  /** A piece of what it prints, errors included. */
  readonly says: RegExp | ((place: Place) => RegExp)
  /** 0 where it is absent. */
  readonly exit?: number
  /** It is asked again until it says so: a gateway that runs takes a change over within a second. */
  readonly soon?: true
}

/** Types a line that goes on until the page is over, or until `ends`. */
export interface GoingStep extends Prepared {
  readonly line: string
  /** What it prints once it is there. */
  readonly until: RegExp
}

/** A file that the page shows. */
export interface FileStep {
  readonly block: string
  /** How it begins, to tell blocks from each other. */
  readonly begins: string
  /** Where it belongs, below the home folder. */
  readonly file: string
  /** `here`: it stays for the lines below. `alone`: in a home of its own, with what `files` and `env` say. */
  readonly home: 'here' | 'alone'
  readonly fill?: Readonly<Record<string, Value>>
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** What is typed after that, each with a piece of what it prints. */
  readonly gives: Readonly<Record<string, RegExp>>
}

/** What cannot be tried here, or is tried elsewhere. */
export type UntriedStep =
  | { readonly line: string; readonly why: string }
  | { readonly block: string; readonly begins: string; readonly why: string }

export type Step = TypedStep | GoingStep | FileStep | UntriedStep

export interface Guide {
  /** From the root of the repository. */
  readonly page: string
  readonly steps: readonly Step[]
  readonly env?: Readonly<Record<string, string>>
  /** What holds for each line; a row's own `fill` comes first. */
  readonly fill?: Readonly<Record<string, Value>>
  /** Before the first line: stand-ins, a gateway that runs. What it returns is called at the end. */
  readonly opens?: (place: Place) => Promise<() => unknown>
  /** A program that this machine lacks, and without which nothing is typed. */
  readonly lacks?: string | null
}

/** Declares the tests of a page. */
export function followGuide(guide: Guide): void {
  const pieces = piecesOf(guide.page)
  test('each line and each file of the page has a row, in its order', () => {
    expect(guide.steps.map(nameOfStep)).toEqual(pieces.map(nameOfPiece(guide.steps)))
  })
  test('what is not tried says why', () => {
    const untried = guide.steps.filter((step) => 'why' in step)
    for (const { why } of untried) expect(why.length).toBeGreaterThan(10)
  })
  const at = { place: {} as Place, close: (() => {}) as () => unknown }
  beforeAll(async () => {
    const shell = openShell()
    const port = await freePort()
    const session = openSession(shell, { OPENCLAW_GATEWAY_PORT: port, ...guide.env })
    at.place = { shell, session, port, going: new Map() }
    at.close = (await guide.opens?.(at.place)) ?? at.close
  })
  afterAll(async () => {
    const { session, shell, going } = at.place
    for (const one of [...going.values()].toReversed()) await one.end()
    await at.close()
    await session.end()
    shell.remove()
  })
  const skipped = typeof guide.lacks === 'string' ? ` (skipped: needs ${guide.lacks})` : ''
  test.skipIf(skipped !== '')(
    `each of them does what the page says${skipped}`,
    { timeout: 120_000 },
    async () => {
      const files = pieces.flatMap((piece) => (piece.kind === 'block' ? [piece.text] : []))
      for (const step of guide.steps) {
        const text = 'block' in step ? (files.shift() ?? '') : ''
        if ('why' in step) continue
        await ('file' in step ? putFile(step, text, at.place) : typeLine(step, guide, at.place))
      }
    },
  )
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

async function typeLine(step: TypedStep | GoingStep, guide: Guide, place: Place): Promise<void> {
  await prepare(step, place)
  const line = await filled(step.line, { ...usual(place), ...guide.fill, ...step.fill }, place)
  const input = step.input === undefined ? undefined : await valueOf(step.input, place)
  if ('until' in step) {
    place.going.set(step.line, await place.session.begin(line, step.until, input))
    return
  }
  const check = async (): Promise<void> => {
    const { code, output } = await place.session.type(line, input)
    const says = typeof step.says === 'function' ? step.says(place) : step.says
    expect({ line, output }).toEqual({ line, output: expect.stringMatching(says) })
    expect({ line, code, output }).toEqual({ line, code: step.exit ?? 0, output })
  }
  await (step.soon === undefined ? check() : vi.waitFor(check, { timeout: 10_000, interval: 50 }))
}

async function prepare({ before }: Prepared, place: Place): Promise<void> {
  if (typeof before !== 'string') {
    await before?.(place)
    return
  }
  expect(await place.session.type(before), before).toMatchObject({ code: 0 })
}

async function putFile(step: FileStep, text: string, place: Place): Promise<void> {
  const alone = step.home === 'alone' ? openShell() : null
  const home = alone?.home ?? place.shell.home
  const whole = await filled(text, { ...usual(place), ...step.fill }, place)
  const type = (line: string) => alone?.type(line, step.env) ?? place.session.type(line)
  try {
    for (const [name, content] of Object.entries({ ...step.files, [step.file]: whole })) {
      mkdirSync(dirname(join(home, name)), { recursive: true, mode: 0o700 })
      const mode = content.startsWith('#!') ? 0o700 : 0o600
      writeFileSync(join(home, name), content, { mode })
    }
    for (const [line, says] of Object.entries(step.gives)) {
      const { code, output } = await type(line)
      expect({ line, output }).toEqual({ line, output: expect.stringMatching(says) })
      expect({ line, code, output }).toEqual({ line, code: 0, output })
    }
  } finally {
    alone?.remove()
  }
}

function usual({ port }: Place): Readonly<Record<string, Value>> {
  return { '127.0.0.1:18789': `127.0.0.1:${port}` }
}

async function filled(
  text: string,
  fill: Readonly<Record<string, Value>>,
  place: Place,
): Promise<string> {
  const values = Object.entries(fill).filter(([printed]) => text.includes(printed))
  const known = await Promise.all(
    values.map(async ([printed, value]) => [printed, await valueOf(value, place)] as const),
  )
  return known.reduce((line, [printed, value]) => line.replaceAll(printed, value), text)
}

async function valueOf(value: Value, place: Place): Promise<string> {
  return typeof value === 'string' ? value : value(place)
}

/** A gateway that runs from the first line of a page on, beside what its lines begin. */
export async function gatewayBeside({ shell, port }: Place): Promise<() => unknown> {
  const env = { OPENCLAW_GATEWAY_PORT: port }
  const gateway = await shell.begin('openclaw gateway', /listens on http:/, env)
  return () => end(gateway)
}
