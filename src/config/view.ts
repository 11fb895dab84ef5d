/** The configuration as people may see it: what is really in force, secrets replaced. */
import { Secret } from '../core/secret.ts'
import type { Config } from './schema.ts'
import { startRules } from './start-rules.ts'

/** With the mode and the locality that the start rules derive where the file is silent. */
export function inForce(config: Config): Config {
  const { mode, allowLocalDirect } = startRules(config)
  const auth = { ...config.gateway.auth, mode, allowLocalDirect }
  return { ...config, gateway: { ...config.gateway, auth } }
}

/** A copy without secrets: `show` says what stands in the place of each. */
export function withoutSecrets(value: unknown, show: (secret: Secret) => string): unknown {
  if (value instanceof Secret) return show(value)
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, show))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries.map(([name, entry]) => [name, withoutSecrets(entry, show)]))
}
