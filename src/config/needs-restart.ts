/** Which settings a running gateway cannot take over: they are bound to its sockets, its store or its start. */
import { isDeepStrictEqual } from 'node:util'
import { parseKeyPath, valueAt } from './key-path.ts'
import type { Config } from './schema.ts'
import { Secret } from '../core/secret.ts'

const FIXED = [
  'gateway.mode',
  'gateway.port',
  'gateway.bind',
  'gateway.customBindHost',
  'gateway.bridgePort',
  'gateway.tls.enabled',
  'gateway.tailscale.mode',
  'gateway.auth.tailscale',
  'logging.level',
  'record.maxBytes',
  'store.url',
  'cluster.redis',
  'plugins.entries',
] as const

/** The keys among them that differ; everything else is applied without a restart. */
export function needsRestart(old: Config, next: Config): readonly string[] {
  return FIXED.filter((key) => {
    const path = parseKeyPath(key) ?? []
    return !same(valueAt(old, path), valueAt(next, path))
  })
}

const APPLIES = 'changed: `openclaw gateway restart` applies it'

/** How `status` says that such a setting waits. */
export function restartWarning(key: string): string {
  return `${key} ${APPLIES}`
}

export function waitsForRestart(warning: string): boolean {
  return warning.endsWith(APPLIES)
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret && b instanceof Secret) return a.equals(b)
  return isDeepStrictEqual(a, b)
}
