/** Which request limits a caller counts in: an API key's own, always; `security.rateLimit` once it is enabled. */
import {
  rateLimitHeaders,
  type RequestDemand,
  type RequestLimits,
} from '../access/request-limits.ts'
import type { ApiKeys, Principal } from '../access/types.ts'
import { keyDigestOf } from '../access/methods/api-key.ts'
import type { Config } from '../config/schema.ts'
import type { RequestQuotas } from '../server/gateway.ts'

export interface QuotaParts {
  /** Keys and people in one, addresses in the other: a flood of addresses must not push out a key's count. */
  readonly byCredential: RequestLimits
  readonly byAddress: RequestLimits
  readonly apiKeys: ApiKeys
  /** The credential behind a principal: its own, or the one that made the session it came with. */
  readonly makerOf: (principal: Principal) => string | null
  readonly settings: () => Config['security']['rateLimit']
}

export function requestQuotas({
  byCredential,
  byAddress,
  apiKeys,
  makerOf,
  settings,
}: QuotaParts): RequestQuotas {
  return {
    take({ principal, clientAddress }) {
      const { enabled, requests, windowMs, perIp, perUser } = settings()
      // A browser that logged in with a key counts in that key's limit, too.
      const key =
        principal.kind === 'api-key' ? apiKeys.find(keyDigestOf(makerOf(principal) ?? '')) : null
      const rateLimit = key?.rateLimit ?? null
      if (!enabled && rateLimit === null) return null

      const own: RequestDemand[] =
        key === null || rateLimit === null ? [] : [{ key: `api-key:${key.id}`, limit: rateLimit }]
      const user: RequestDemand[] =
        enabled && perUser
          ? [{ key: `user:${principal.kind}:${principal.id}`, limit: requests }]
          : []
      const address =
        enabled && perIp
          ? byAddress.takeAll([{ key: clientAddress, limit: requests }], windowMs)
          : null
      const credential =
        address?.allowed === false ? null : byCredential.takeAll([...own, ...user], windowMs)
      const tightest = [address, credential]
        .filter((quota) => quota !== null)
        .toSorted((a, b) => a.remaining - b.remaining)[0]
      if (tightest === undefined) return null
      const refused = [address, credential].find((quota) => quota?.allowed === false) ?? tightest
      return {
        allowed: refused.allowed,
        resetMs: refused.resetMs,
        headers: Object.entries(rateLimitHeaders(refused)).flat(),
      }
    },
  }
}
