/** What the probes make of the answers: findings like those of the checks, and what could not be tried. */
import { counted } from '../core/counted.ts'
import { findingOf } from './run.ts'
import { NOT_RUNNING } from './probes/index.ts'
import type { Answered, LiveFacts, Probe } from './probes/types.ts'
import type { Finding } from './types.ts'

/** One probe and what its requests heard; those that send nothing are shown what all heard. */
export interface Tried {
  readonly probe: Probe
  readonly answers: readonly Answered[]
}

export interface DeepEnd {
  readonly findings: readonly Finding[]
  readonly requests: number
  /** In words, one each. */
  readonly notTried: readonly string[]
}

export function judgeAll(live: LiveFacts, tried: readonly Tried[]): DeepEnd {
  const all = tried.flatMap(({ answers }) => answers)
  return {
    findings: tried.flatMap(({ probe, answers }) =>
      probe
        .judge(live, probe.requests === undefined ? all : answers)
        .map((found) => findingOf(probe, found)),
    ),
    requests: all.length,
    notTried: [
      ...tried.flatMap(({ probe, answers }) => probe.notTried?.(live, answers) ?? []),
      ...silent(all),
    ],
  }
}

/** Where somebody answers, a request without an answer was cut off by the clock or the other end. */
function silent(all: readonly Answered[]): readonly string[] {
  const count = all.filter(({ status, sent }) => status === 0 && sent.from === undefined).length
  return count === 0 || count === all.length
    ? []
    : [`${counted(count, 'request')} (nobody answered them)`]
}

/** `why`: a sentence. */
export function notRunning(why: string): DeepEnd {
  const finding = findingOf(NOT_RUNNING, {
    detail: why,
    fix: 'openclaw gateway, then run this again',
  })
  return { findings: [finding], requests: 0, notTried: [] }
}
