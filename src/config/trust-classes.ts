/** Finds one value that stands for two kinds of trust: whoever learns it as the lesser would hold the greater (R63). */
import type { Secret } from '../core/secret.ts'
import type { Problem } from './problem.ts'
import type { Config } from './schema.ts'
import { secretsOf } from './secrets-of.ts'

export interface ClassedSecret {
  /** `gateway`, `channels.discord`, `api-key`: equal values within one class do no harm. */
  readonly class: string
  /** What to call it in a message: a key, or `API key <id>`. */
  readonly name: string
  /** SHA-256 in hex. */
  readonly digest: string
}

/** `gateway.remote.*` is another gateway's secret, and addresses of databases are no credentials here. */
export function sharedValues(config: Config, others: readonly ClassedSecret[]): readonly Problem[] {
  const all = [...secretsOf(config).flatMap(({ key, secret }) => classed(key, secret)), ...others]
  const byDigest = Map.groupBy(all, ({ digest }) => digest)
  return [...byDigest.values()].flatMap((group) => {
    const [first, ...rest] = group
    const second = rest.find((other) => other.class !== first?.class)
    if (first === undefined || second === undefined) return []
    const message = `has the same value as ${second.name}: whoever knows one knows the other`
    return [
      {
        code: 'shared_value' as const,
        key: first.name,
        where: null,
        message,
        fix: 'Give each its own value',
      },
    ]
  })
}

function classed(key: string, secret: Secret): readonly ClassedSecret[] {
  const [root = '', section = '', name = ''] = key.split('.')
  if (key.startsWith('gateway.remote.') || root === 'store' || root === 'cluster') return []
  const cls =
    root === 'gateway' ? 'gateway' : [root, section, root === 'models' ? name : ''].join('.')
  return [{ class: cls, name: key, digest: secret.digest() }]
}
