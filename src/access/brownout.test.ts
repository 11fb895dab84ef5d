import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { LiveBrownout, LONGEST_BROWNOUT_MS } from './brownout.ts'
import { accessWith, decideWith, STRANGER } from './scene.fixture.ts'
import type { Evidence } from './types.ts'

const OLD = new Secret('c0ffee11'.repeat(8))
const NEW = new Secret('decade22'.repeat(8))
const fingerprint = (secret: Secret) => secret.digest().slice(0, 8)
const UNTIL = 10_000

function rulesWith(slots: readonly Secret[], until = UNTIL) {
  const brownouts = new LiveBrownout(fingerprint, { fingerprint: fingerprint(OLD), until })
  const secrets = slots.map((secret, at) => ({
    method: 'token' as const,
    slot: at === 0 ? ('primary' as const) : ('secondary' as const),
    secret,
  }))
  return accessWith({ mode: 'token', secrets }, { brownouts })
}

function shows(secret: Secret): Evidence {
  const credential = { class: 'shared', secret, sources: ['bearer'], proof: null } as const
  return { ...STRANGER, credentials: [credential] }
}

const FACTS = { peerOwner: undefined, tailnet: undefined }
const decide = (secret: Secret, rules = rulesWith([OLD, NEW]), now = UNTIL - 1) =>
  decideWith(shows(secret), FACTS, rules, now)

describe('a brown-out', () => {
  it('refuses the old token, and nobody is charged for a guess', () => {
    expect(decide(OLD)).toMatchObject({
      kind: 'denied',
      reason: 'token_browned_out',
      failures: [],
    })
    expect(decide(NEW)).toMatchObject({ kind: 'allowed', failures: [] })
  })

  it('ends by itself', () => {
    expect(decide(OLD, rulesWith([OLD, NEW]), UNTIL)).toMatchObject({ kind: 'allowed' })
  })

  it('holds only while another token lets people in', () => {
    expect(decide(OLD, rulesWith([OLD]))).toMatchObject({ kind: 'allowed' })
  })

  it('refuses nobody once the old token is the new one, too', () => {
    expect(decide(OLD, rulesWith([OLD, OLD]))).toMatchObject({ kind: 'allowed' })
  })

  it('is no longer than any may be, also for a clock that was set back', () => {
    const rules = rulesWith([OLD, NEW], UNTIL + LONGEST_BROWNOUT_MS)
    expect(decide(OLD, rules, UNTIL)).toMatchObject({ kind: 'denied' })
    expect(decide(OLD, rules, UNTIL - 1)).toMatchObject({ kind: 'allowed' })
  })
})
