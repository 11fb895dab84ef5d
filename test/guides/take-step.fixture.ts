/** Types one line of a page, or puts one file of it where it belongs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, vi } from 'vitest'
import { shellWord } from '../../src/core/shell-word.ts'
import { openShell } from '../printed/shell.fixture.ts'
import type { FileStep, GoingStep, Place, Step, TypedStep, Value } from './steps.ts'

type Fill = Readonly<Record<string, Value>>

/** `text`: of the block, where the step is one. `general`: what is filled in on each line of the page. */
export async function takeStep(
  step: Step,
  text: string,
  { place, general = {} }: { readonly place: Place; readonly general: Fill | undefined },
): Promise<void> {
  if ('why' in step) return
  const usual = { '127.0.0.1:18789': `127.0.0.1:${place.port}` }
  const fill = { ...usual, ...general, ...step.fill }
  if ('printed' in step) {
    const parts = (await filled(text, fill, place)).split('…')
    const printed = await step.printed(place)
    expect(printed).toMatch(new RegExp(parts.map(escaped).join('\\S+')))
    return
  }
  if (typeof step.before === 'string') {
    const ran = await place.session.type(step.before)
    expect(ran, `${step.before}: ${ran.output}`).toMatchObject({ code: 0 })
  } else await step.before?.(place)
  await ('file' in step
    ? putFile(step, await filled(text, fill, place), place)
    : typeLine(step, await filled(step.line, fill, place), place))
}

async function typeLine(step: TypedStep | GoingStep, line: string, place: Place): Promise<void> {
  const input = step.input === undefined ? undefined : await valueOf(step.input, place)
  if ('until' in step) {
    const going = await (step.over === undefined ? place : place.session).begin(
      line,
      step.until,
      input,
    )
    if (step.over !== undefined) await going.end()
    return
  }
  const check = async (): Promise<void> => {
    const typed = step.answers === undefined ? line : onTerminal(line)
    const [{ code, output }] = await Promise.all([
      place.session.type(typed, step.answers ?? input),
      step.meanwhile?.(place),
    ])
    const says = typeof step.says === 'function' ? step.says(place) : step.says
    expectTyped({ line, code, output }, says, step.exit)
  }
  await (step.soon === undefined ? check() : vi.waitFor(check, { timeout: 10_000, interval: 50 }))
}

async function putFile(step: FileStep, text: string, place: Place): Promise<void> {
  const alone = step.home === 'alone' ? openShell() : null
  const home = alone?.home ?? place.shell.home
  const type = (line: string) => alone?.type(line, step.env) ?? place.session.type(line)
  try {
    for (const [name, content] of Object.entries({ ...step.files, [step.file]: text })) {
      mkdirSync(dirname(join(home, name)), { recursive: true, mode: 0o700 })
      const mode = content.startsWith('#!') ? 0o700 : 0o600
      writeFileSync(join(home, name), content, { mode })
    }
    for (const [line, says] of Object.entries(step.gives))
      expectTyped({ line, ...(await type(line)) }, says)
  } finally {
    alone?.remove()
  }
}

function expectTyped(
  typed: { readonly line: string; readonly code: number | null; readonly output: string },
  says: RegExp,
  exit = 0,
): void {
  expect(typed).toEqual({ line: typed.line, code: exit, output: expect.stringMatching(says) })
}

/** `script` of util-linux gives the terminal. */
function onTerminal(line: string): string {
  return `SHELL=/bin/sh script --quiet --return --command ${shellWord(line)} /dev/null`
}

async function filled(text: string, fill: Fill, place: Place): Promise<string> {
  const values = Object.entries(fill).filter(([printed]) => text.includes(printed))
  const known = await Promise.all(
    values.map(async ([printed, value]) => [printed, await valueOf(value, place)] as const),
  )
  return known.reduce((line, [printed, value]) => line.replaceAll(printed, () => value), text)
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

async function valueOf(value: Value, place: Place): Promise<string> {
  return typeof value === 'string' ? value : value(place)
}
