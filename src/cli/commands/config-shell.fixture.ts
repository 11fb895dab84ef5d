/** For tests: a state dir of one test's own, and the `config` commands as they run in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { testContext } from '../context.fixture.ts'
import type { Context } from '../types.ts'
import { runConfigGet } from './config-get.ts'
import { runConfigSet } from './config-set.ts'
import { runConfigUnset } from './config-unset.ts'

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Shell {
  readonly dir: string
  run(command: (io: Context) => Promise<number>): Promise<Answer>
  get(path?: string, how?: { readonly json?: boolean; readonly reveal?: boolean }): Promise<Answer>
  set(path: string, value: string, json?: boolean): Promise<Answer>
  unset(path: string, json?: boolean): Promise<Answer>
  text(): string
}

export function shell(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Shell {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-cli-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(dir, name), text, { mode: 0o600 })
  const run = async (command: (io: Context) => Promise<number>): Promise<Answer> => {
    const out = { stdout: '', stderr: '' }
    const { context } = testContext(
      {},
      {
        stdout: (text) => void (out.stdout += text),
        stderr: (text) => void (out.stderr += text),
        env: { OPENCLAW_STATE_DIR: dir, HOME: dir, ...env },
      },
    )
    return { code: await command(context), ...out }
  }
  return {
    dir,
    run,
    get: (path, { json = false, reveal = false } = {}) =>
      run((io) => runConfigGet({ path, json, reveal }, io)),
    set: (path, value, json = false) => run((io) => runConfigSet({ path, value, json }, io)),
    unset: (path, json = false) => run((io) => runConfigUnset({ path, json }, io)),
    text: () => readFileSync(join(dir, 'openclaw.json'), 'utf8'),
  }
}
