/** How long one decision takes by itself, without sockets, parsing or record: `authenticate` in a loop. */
import { authenticate } from '../src/access/authenticate.ts'
import { PROXIED, STRANGER, TOKEN, accessWith, presenting } from '../src/access/scene.fixture.ts'
import { NO_FACTS, type Evidence } from '../src/access/types.ts'
import { median, type Row } from './row.ts'

const WARM_UP = 50_000
const ROUNDS = 5
const PER_ROUND = 200_000

interface Case {
  readonly name: string
  /** Made anew each time, as at the edge: digesting a presented secret belongs to the price. */
  readonly evidence: () => Evidence
  readonly expect: 'allowed' | 'denied'
}

const CASES: readonly Case[] = [
  {
    name: 'decide-good-token',
    evidence: () => ({ ...STRANGER, ...presenting(TOKEN) }),
    expect: 'allowed',
  },
  { name: 'decide-nothing', evidence: () => STRANGER, expect: 'denied' },
  {
    name: 'decide-wrong-token',
    evidence: () => ({ ...STRANGER, ...presenting('0'.repeat(64)) }),
    expect: 'denied',
  },
  {
    name: 'decide-proxied',
    evidence: () => ({ ...PROXIED, ...presenting(TOKEN) }),
    expect: 'allowed',
  },
]

export const DECISION_NAMES = CASES.map(({ name }) => name)

export function decisionRows(wanted: (name: string) => boolean): readonly Row[] {
  return CASES.filter(({ name }) => wanted(name)).map(decisionRow)
}

function decisionRow({ name, evidence, expect }: Case): Row {
  const access = accessWith({ allowLocalDirect: false, exemptLoopback: false })
  const decide = (times: number) => {
    for (let n = 0; n < times; n += 1) {
      const { kind } = authenticate(evidence(), NO_FACTS, access, n)
      if (kind !== expect) throw new Error(`${name}: expected ${expect}, got ${kind}`)
    }
  }
  decide(WARM_UP)
  const nanoseconds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now()
    decide(PER_ROUND)
    return ((performance.now() - began) * 1e6) / PER_ROUND
  })
  const gateway = median(nanoseconds)
  return {
    name,
    unit: 'ns/op',
    gateway,
    bare: null,
    gatewayRate: 1e9 / gateway,
    bareRate: null,
    goal: null,
  }
}
