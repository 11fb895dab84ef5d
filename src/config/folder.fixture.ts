/** A state dir of one test's own, and the configuration that is loaded from it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { configHost } from '../host/config-host.ts'
import type { LoadRequest } from './gather.ts'
import { load, type Loaded } from './load.ts'
import { problemText } from './problem.ts'
import type { Variables } from './host-port.ts'

export interface Folder {
  readonly path: string
  file(name: string): string
  write(name: string, text: string): string
  writeBytes(name: string, bytes: Buffer): void
  remove(name: string): void
  read(name: string): string
  request(given?: {
    readonly env?: Variables
    readonly flags?: LoadRequest['flags']
    readonly missing?: LoadRequest['missing']
  }): LoadRequest
}

export function folder(files: Readonly<Record<string, string>> = {}): Folder {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-config-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const made: Folder = {
    path,
    file: (name) => join(path, name),
    write(name, text) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), text, { mode: 0o600 })
      return join(path, name)
    },
    writeBytes: (name, bytes) => writeFileSync(join(path, name), bytes, { mode: 0o600 }),
    remove: (name) => rmSync(join(path, name)),
    read: (name) => readFileSync(join(path, name), 'utf8'),
    request({ env = {}, flags = {}, missing = 'refuse' } = {}) {
      const variables = { OPENCLAW_STATE_DIR: path, HOME: path, PATH: process.env['PATH'], ...env }
      return { variables, flags, host: configHost(variables), missing }
    },
  }
  for (const [name, text] of Object.entries(files)) made.write(name, text)
  return made
}

export async function loaded(request: LoadRequest): Promise<Loaded> {
  const result = await load(request)
  if (result.kind === 'refused') throw new Error(result.problems.map(problemText).join('\n'))
  return result
}

/** What is wrong, as people read it; empty when nothing is. */
export async function refusal(request: LoadRequest): Promise<string> {
  const result = await load(request)
  return result.kind === 'refused' ? result.problems.map(problemText).join('\n') : ''
}

export const TOKEN = 'c0ffee11'.repeat(8)
export const OTHER_TOKEN = 'deadbeef'.repeat(8)
