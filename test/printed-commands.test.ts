/** Every command that guides for OpenClaw print, typed into a shell: it does what docs/printed-commands.md says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRINTED_COMMANDS } from './printed/commands.ts'
import type {
  Asks,
  Blank,
  Differs,
  Later,
  Place,
  PrintedCommand,
  Starts,
  Works,
} from './printed/printed.ts'
import { openScene, type Scene } from './printed/scene.fixture.ts'
import { onTerminal } from './terminal.fixture.ts'
import { end, freePort, openShell, type Shell } from './printed/shell.fixture.ts'

const works = (place: Place) =>
  PRINTED_COMMANDS.filter((one): one is Works => one.state === 'works' && one.place === place)
const differs = (place: Place) =>
  PRINTED_COMMANDS.filter((one): one is Differs => one.state === 'differs' && one.place === place)

async function inEmptyHome(check: (shell: Shell) => Promise<void>): Promise<void> {
  const shell = openShell()
  try {
    await check(shell)
  } finally {
    shell.remove()
  }
}

/** The line with what only this gateway knows. */
async function filled(
  line: string,
  blanks: Readonly<Record<string, Blank>> = {},
  scene?: Scene,
): Promise<string> {
  const values = Object.entries(blanks).map(async ([printed, blank]) => {
    if (scene === undefined) throw new Error(`${line}: ${blank} needs a gateway`)
    return [printed, await scene.fill(blank)] as const
  })
  return (await Promise.all(values)).reduce((text, [from, to]) => text.replaceAll(from, to), line)
}

async function does(entry: Works, shell: Shell, scene?: Scene): Promise<void> {
  const waits = entry.shows ?? []
  const shown = scene === undefined ? [] : await Promise.all(waits.map((one) => scene.fill(one)))
  expect(shown).toHaveLength(waits.length)
  const line = await filled(entry.line, entry.fill, scene)
  const env = entry.port === 'another' ? { OPENCLAW_GATEWAY_PORT: await freePort() } : {}
  const typed = entry.input === undefined ? line : `${line} <<< '${entry.input}'`
  const { code, output } = await shell.type(typed, env)
  expect(output).toMatch(entry.says)
  expect(code).toBe(0)
  // A list shows the beginning of a request's id, which commands take.
  for (const value of shown) expect(output).toContain(value.split('-', 1)[0])
}

async function doesOtherwise(entry: Differs, shell: Shell, scene?: Scene): Promise<void> {
  const { code, output } = await shell.type(entry.line)
  expect(output).toMatch(entry.says)
  expect(code).toBe(entry.exit)
  const better = await shell.type(await filled(entry.instead, entry.fill, scene))
  expect(better, better.output).toMatchObject({ code: 0 })
}

describe.concurrent('in an empty home', () => {
  test.each(works('nothing'))('$line', (entry) => inEmptyHome((shell) => does(entry, shell)))
  test.each(differs('nothing'))('$line is $instead', (entry) =>
    inEmptyHome((shell) => doesOtherwise(entry, shell)),
  )
  const starts = PRINTED_COMMANDS.filter(
    (one): one is Starts => one.state === 'works' && one.place === 'start',
  )
  const homes = starts.flatMap(({ line, after }) =>
    Object.entries(after).map(([what, before]) => ({ line, what, before })),
  )
  test.each(homes)('$line after $what', ({ line, before }) =>
    inEmptyHome(async (shell) => {
      for (const earlier of before) expect((await shell.type(earlier)).code).toBe(0)
      const env = { OPENCLAW_GATEWAY_PORT: await freePort() }
      const gateway = await shell.begin(line, /listens on http:/, env)
      try {
        expect((await shell.type('openclaw health', env)).output).toBe('ok\n')
      } finally {
        expect(await end(gateway)).toBe(0)
      }
    }),
  )
  const asking = PRINTED_COMMANDS.filter(
    (one): one is Asks => one.state === 'works' && one.place === 'terminal',
  )
  test.each(asking)('$line, on a terminal', ({ line, after, keys, says }) =>
    inEmptyHome(async (shell) => {
      const typed = onTerminal(shell.home, line.split(' ').slice(1))
      await typed.answer(after, keys)
      expect(await typed.exited).toBe(0)
      expect(typed.output()).toMatch(says)
    }),
  )
  const unbuilt = PRINTED_COMMANDS.filter(
    (one): one is Later => one.state === 'later' && one.line.startsWith('openclaw '),
  )
  test.each(unbuilt)('$line is not here yet', ({ line }) =>
    inEmptyHome(async (shell) => {
      const { code, output } = await shell.type(line)
      expect(output).toMatch(/^openclaw: unknown command/)
      expect(code).toBe(2)
    }),
  )
})

describe('where a gateway runs', () => {
  const at = { scene: {} as Scene }
  beforeAll(async () => {
    at.scene = await openScene()
  })
  afterAll(async () => at.scene.close())

  test.each(works('gateway'))('$line', (entry) => does(entry, at.scene.shell, at.scene))
  test.each(differs('gateway'))('$line is $instead', (entry) =>
    doesOtherwise(entry, at.scene.shell, at.scene),
  )
})

test('none is listed twice, and none of ours is somebody else’s', () => {
  const lines = PRINTED_COMMANDS.map(({ line }: PrintedCommand) => line)
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([])
  const elsewhere = PRINTED_COMMANDS.filter(({ state }) => state === 'elsewhere')
  expect(elsewhere.filter(({ line }) => line.startsWith('openclaw '))).toEqual([])
})
