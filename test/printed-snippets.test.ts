/** Every piece of configuration that guides for OpenClaw print, as a file of a home: it loads, means what it says, and the gateway starts with it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DifferingSnippet, Means, WorkingSnippet } from './printed/printed.ts'
import { end, freePort, openShell, type Shell } from './printed/shell.fixture.ts'
import { PRINTED_SNIPPETS } from './printed/snippets.ts'

type Variables = Readonly<Record<string, string>>

async function home(
  files: Readonly<Record<string, string>>,
  check: (shell: Shell) => Promise<void>,
): Promise<void> {
  const shell = openShell()
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(shell.stateDir, name)
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, text, { mode: 0o600 })
    }
    await check(shell)
  } finally {
    shell.remove()
  }
}

async function comesTo(shell: Shell, means: Means, env: Variables): Promise<void> {
  const asked = Object.keys(means).map(async (path) => {
    const { code, output } = await shell.type(`openclaw config get ${path} --json`, env)
    expect(code, output).toBe(0)
    return [path, JSON.parse(output)] as const
  })
  expect(Object.fromEntries(await Promise.all(asked))).toEqual(means)
}

/** On a port of its own, whatever the file says; a bridge and other hosts' addresses are left to it. */
async function starts(shell: Shell, env: Variables): Promise<void> {
  const [port, bridge] = [await freePort(), await freePort()]
  const bridged = (await shell.type('openclaw config get gateway.bridgePort', env)).code === 0
  const here = {
    ...env,
    OPENCLAW_GATEWAY_PORT: port,
    ...(bridged && { OPENCLAW_BRIDGE_PORT: bridge }),
  }
  const gateway = await shell.begin('openclaw gateway', /listens on http:/, here)
  try {
    expect((await shell.type('openclaw health', here)).output).toBe('ok\n')
  } finally {
    expect(await end(gateway)).toBe(0)
  }
}

async function holds({ means, env = {}, shown }: WorkingSnippet, shell: Shell): Promise<void> {
  const valid = await shell.type('openclaw config validate', env)
  expect(valid.output).toMatch(/ is valid\n|no configuration file/)
  expect(valid.code).toBe(0)
  await comesTo(shell, means, env)
  if (shown === undefined) return
  const { output } = await shell.type(shown.line, env)
  expect(output).toMatch(shown.says)
}

describe.concurrent('as printed', () => {
  const working = PRINTED_SNIPPETS.filter((one): one is WorkingSnippet => one.state === 'works')
  test.each(working)('$title, in $file', (snippet) => {
    const { file, text, files = {}, needs, env = {} } = snippet
    return home({ [file]: text, ...files }, async (shell) => {
      if (needs !== undefined) {
        const missing = await shell.type('openclaw config validate', env)
        expect(missing.output).toMatch(needs.says)
        expect(missing.code).toBe(1)
        expect((await shell.type(needs.line, env)).code).toBe(0)
      }
      await holds(snippet, shell)
      await starts(shell, env)
    })
  })

  const differing = PRINTED_SNIPPETS.filter(
    (one): one is DifferingSnippet => one.state === 'differs',
  )
  test.each(differing)('$title: says why not, and what to write instead is right', (snippet) =>
    home({ [snippet.file]: snippet.text }, async (shell) => {
      const { code, output } = await shell.type('openclaw config validate')
      expect(output).toMatch(snippet.says)
      expect(code).toBe(1)
      writeFileSync(join(shell.stateDir, snippet.file), snippet.instead)
      await comesTo(shell, snippet.means, {})
      await starts(shell, {})
    }),
  )
})
