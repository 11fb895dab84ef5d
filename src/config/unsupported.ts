/** Settings that promise protection which this version does not give: better no start than a false one. */
import type { Problem } from './problem.ts'
import type { Config } from './schema.ts'

export function unsupported({ gateway, store, cluster }: Config): readonly Problem[] {
  const { tls, auth } = gateway
  return [
    ...(tls.enabled
      ? [
          problem(
            'gateway.tls.enabled',
            'this version serves no HTTPS itself',
            'Put a proxy in front of it (gateway.trustedProxies), or unset the key',
          ),
        ]
      : []),
    ...(auth.trustedProxy.jwt === undefined
      ? []
      : [
          problem(
            'gateway.auth.trustedProxy.jwt',
            'this version cannot verify signed assertions, and set they are required',
            'Unset the key, or use a version that can',
          ),
        ]),
    ...(store.url === undefined || store.url.startsWith('sqlite')
      ? []
      : [problem('store.url', 'this version keeps its state in SQLite alone', 'Unset the key')]),
    ...(cluster.redis === undefined
      ? []
      : [problem('cluster.redis', 'this version runs as one process', 'Unset the key')]),
  ]
}

/** Settings that later versions will fill: nothing here is less safe for them, but nothing comes of them either. */
export function withoutEffect({ plugins, agents }: Config): readonly Problem[] {
  const keys = [
    ...(Object.keys(plugins.entries).length === 0 ? [] : ['plugins.entries']),
    ...agents.list
      .filter(({ model }) => model !== 'builtin')
      .map(({ id }) => `the model of agent ${id}`),
  ]
  return keys.map((key) => problem(key, 'this version does nothing with it yet', 'It may stay'))
}

function problem(key: string, message: string, fix: string): Problem {
  return { code: 'unsupported', key, where: null, message, fix }
}
