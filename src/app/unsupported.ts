/** Settings that promise protection which this version does not give: better no start than a false one. */
import type { Config } from '../config/schema.ts'

/** In words, one line each; empty when nothing of the kind is set. */
export function unsupported(config: Config): readonly string[] {
  const { tls, auth } = config.gateway
  return [
    ...(tls.enabled
      ? [
          'gateway.tls.enabled: this version serves no HTTPS itself. Put a proxy in front of it (gateway.trustedProxies), or unset it',
        ]
      : []),
    ...(auth.trustedProxy.jwt === undefined
      ? []
      : [
          'gateway.auth.trustedProxy.jwt: this version cannot verify signed assertions, and set they are required. Unset it, or wait for the version that can',
        ]),
    ...(config.store.url === undefined || isSqlite(config.store.url.reveal())
      ? []
      : ['store.url: this version keeps its state in SQLite alone. Unset it']),
    ...(config.cluster.redis === undefined
      ? []
      : ['cluster.redis: this version runs as one process. Unset it']),
  ]
}

function isSqlite(url: string): boolean {
  return url.startsWith('sqlite')
}
