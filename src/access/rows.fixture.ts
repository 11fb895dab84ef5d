/** What the tables of decisions share: configured parts, and the row that each case is. */
import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { accessWith, decideWith, live, PASSWORD } from './scene.fixture.ts'
import { NO_FACTS, type Access, type Evidence, type Facts } from './types.ts'

export const KEY = 'sk-reader-abcdefghijklmnopqrstuvwxyz0123456789'
export const keyed = (expiresAt: number | null = null, revokedAt: number | null = null): Access =>
  accessWith(
    { apiKeysEnabled: true },
    {
      apiKeys: {
        find: (digest) =>
          digest === new Secret(KEY).digest()
            ? {
                id: 'reader',
                name: 'Reader',
                scopes: ['operator.read'],
                expiresAt,
                revokedAt,
                rateLimit: null,
              }
            : null,
      },
    },
  )
export const proxyMode = accessWith({
  mode: 'trusted-proxy',
  secrets: [live(PASSWORD, 'password')],
  allowLocalDirect: false,
  trustedProxy: { allowUsers: new Set(['nick@example.com']), allowLoopback: false },
})
export const tailscale = accessWith({ tailscale: 'enabled' })
export const required = accessWith({ tailscale: 'require' })
export const locked = (...classes: readonly string[]): Partial<Access> => ({
  limits: {
    heldForMs: (_address, cls) => (classes.includes(cls) ? 9_000 : 0),
    attemptsLeft: () => Infinity,
    loopbackHeldForMs: () => 0,
  },
})

/** One row of a decision table. */
export interface Row {
  readonly name: string
  readonly evidence: Evidence
  readonly facts?: Facts
  readonly access?: Access
  /** The method that lets in, or the code that turns away. */
  readonly expect: string
  readonly failures?: number
}

/** One test a row. */
export function testRows(rows: readonly Row[]): void {
  for (const row of rows) {
    test(row.name, () => {
      const decision = decideWith(row.evidence, row.facts ?? NO_FACTS, row.access ?? accessWith())
      expect(decision.kind === 'allowed' ? decision.method : decision.code).toBe(row.expect)
      if (row.failures !== undefined) expect(decision.failures).toHaveLength(row.failures)
    })
  }
}
