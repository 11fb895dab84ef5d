/** `login-link.create`: prints a new way into the page; what `openclaw dashboard` asks for (R67). */
import { z } from 'zod'
import { loginUrl, type LoginGrant } from '../access/login-links.ts'
import type { Principal } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import type { Secret } from '../core/secret.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface LoginLinkCreateParts {
  readonly links: {
    create(grant: LoginGrant, now: number): { readonly code: Secret; readonly expiresAt: number }
  }
  /** The secret behind a principal; `null` for an identity or the owner. */
  readonly makerOf: (principal: Principal) => string | null
  /** Where a browser on this host reaches the page: `http://127.0.0.1:18789`. */
  readonly baseUrl: () => string
  readonly clock: Clock
}

export function loginLinkCreate({
  links,
  makerOf,
  baseUrl,
  clock,
}: LoginLinkCreateParts): Operation {
  return defineOperation({
    name: 'login-link.create',
    summary: 'A link that logs one tab in as you: works once, for ten minutes.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/login-links' },
    websocket: true,
    input: z.strictObject({}),
    run: (_input, { principal }) => {
      // Nothing would end such a link when the proxy or the tailnet lets its user go.
      if (principal.kind === 'user')
        throw new Refusal('invalid_input', 'you are logged in by your proxy or tailnet already')
      // Whoever opens it holds no more than whoever asked, and no longer than the secret that was shown (R10, R15).
      const { code, expiresAt } = links.create({ principal, madeBy: makerOf(principal) }, clock())
      return { url: loginUrl(baseUrl(), code), expiresAt }
    },
  })
}
