/** For tests: the steps of `recover` on a folder of the test's own, in this process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { configHost } from '../host/config-host.ts'
import { Aside } from './aside.ts'
import { StoreLook } from './store-copy.ts'
import type { Place } from './types.ts'

export const NOW = Date.parse('2026-11-20T12:00:00Z')

export function emptyFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-recover-unit-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function testPlace(
  stateDir: string,
  variables: Readonly<Record<string, string>> = {},
): Place {
  const env = { HOME: stateDir, OPENCLAW_STATE_DIR: stateDir, ...variables }
  return {
    stateDir,
    request: { variables: env, flags: {}, host: configHost(env), missing: 'refuse' },
    uid: process.getuid?.() ?? null,
    aside: new Aside(stateDir, NOW),
    clock: () => NOW,
    keyRules: {
      scopesOf: () => ({ scopes: [], unknown: [] }),
      weakness: () => null,
      fingerprint: () => '',
      checkFile: () => null,
      clock: () => NOW,
    },
    sharedWithKeys: async () => [],
    made: new Set(),
    store: new StoreLook(stateDir),
  }
}

export function writeConfig(stateDir: string, config: unknown): void {
  writeFileSync(join(stateDir, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
}
