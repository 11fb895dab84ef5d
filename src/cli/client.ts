/** Asks the gateway for a command: each way in turn, until somebody answers. */
import { stat } from 'node:fs/promises'
import { unreachable } from '../core/never.ts'
import { text, wholeNumber, type Reading } from './arguments.ts'
import type { Exchange, Question } from './exchange.ts'
import type { Introduction } from './introduction.ts'
import type { NoAnswer } from './no-answer.ts'
import { problem } from './output.ts'
import { foreignListener } from './port-owner.ts'
import { findTargets, targetInWords, type Target } from './targets.ts'
import type { Arguments, Context } from './types.ts'

/** What the answer must look like; a zod schema is one. */
export interface Shape<Value> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: Value } | { readonly success: false }
}

export interface Asked<Value> extends Question {
  readonly shape: Shape<Value>
  /** Milliseconds; 10 seconds unless told. `--timeout` wins. */
  readonly timeoutMs?: number
  /** By the port even on this host: the owner's socket would let anybody in who may open it. */
  readonly byPort?: true
}

export type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value; readonly from: Target }
  | NoAnswer

const TIMEOUT_MS = 10_000
const DAY_SECONDS = 86_400

export async function ask<Value>(
  asked: Asked<Value>,
  args: Arguments,
  context: Context,
): Promise<Answer<Value>> {
  const timeout = timeoutOf(args, asked.timeoutMs)
  if (timeout.kind === 'wrong') return timeout
  const found = await findTargets(args, context, asked.byPort === true ? 'port' : 'any')
  if (found.kind === 'wrong') return found

  const timeoutMs = timeout.value
  const tried: string[] = []
  for (const target of found.targets) {
    const answer = await askAt(target, { ...asked, timeoutMs }, context)
    if (answer.kind !== 'unreachable') return answer
    tried.push(targetInWords(target))
  }
  const named = text(args, 'url') !== undefined
  return { kind: 'not-running', tried, named, wouldNotStart: found.wouldNotStart }
}

/** In milliseconds. */
export function timeoutOf(args: Arguments, standardMs = TIMEOUT_MS): Reading<number> {
  const timeout = wholeNumber(args, 'timeout', { min: 1, max: DAY_SECONDS })
  if (timeout.kind === 'wrong') return timeout
  return {
    kind: 'value',
    value: timeout.value === undefined ? standardMs : timeout.value * 1000,
  }
}

async function askAt<Value>(
  target: Target,
  { shape, timeoutMs, ...question }: Asked<Value> & { readonly timeoutMs: number },
  context: Context,
): Promise<Answer<Value> | Extract<Exchange, { kind: 'unreachable' }>> {
  const stranger = await strangerAt(target, context)
  if (stranger !== null) return { kind: 'broken', message: stranger }
  // Loaded here: a command that finds its answer in files needs none of it.
  const [{ introduce }, { exchange }] = await Promise.all([
    import('./introduce.ts'),
    import('./exchange.ts'),
  ])
  const introduced = await introduce(target, question.method, context)
  if (introduced.kind === 'refused') return { kind: 'broken', message: introduced.message }
  const { introduction } = introduced
  const ended = await exchange(target, question, { introduction, timeoutMs })
  await warnUnlessSaved(introduction, context)
  if (ended.kind === 'unreachable') return ended
  if (ended.kind !== 'answered') return noAnswerOf(ended, target, introduction)
  const parsed = shape.safeParse(ended.payload)
  return parsed.success
    ? { kind: 'answered', value: parsed.data, from: target }
    : notUnderstood(target)
}

/** A gateway that answered nothing of use. */
export async function noAnswerOf(
  ended: Exclude<Exchange, { kind: 'answered' | 'unreachable' }>,
  target: Target,
  { credential }: Introduction,
): Promise<NoAnswer> {
  const { pairAgain, refusedBy, turnedAway } = await import('./refusal.ts')
  const asker = { from: targetInWords(target), credential, again: pairAgain(target) }
  switch (ended.kind) {
    case 'refused':
      return refusedBy(ended.refusal, asker)
    case 'turned-away':
      return turnedAway(ended.status, ended.body, asker)
    case 'foreign':
      return notUnderstood(target)
    case 'broken':
      return {
        kind: 'broken',
        message: `the gateway at ${asker.from} did not answer: ${ended.detail}`,
      }
    default:
      return unreachable(ended)
  }
}

function notUnderstood(target: Target): Extract<NoAnswer, { kind: 'broken' }> {
  return {
    kind: 'broken',
    message: `what answers at ${targetInWords(target)} is no gateway that this version understands: compare \`openclaw --version\` on both ends`,
  }
}

/** The answer counts all the same: the token that it has is valid until the next one is there. */
async function warnUnlessSaved({ device }: Introduction, context: Context): Promise<void> {
  const saved = await device?.tokens.saved()
  if (saved?.kind === 'failed')
    problem(context, `warning: the device token that the gateway gave was not kept: ${saved.why}`)
}

/** In words, when the credential would go to somebody else's program on this host. */
export async function strangerAt(target: Target, { parts, env }: Context): Promise<string | null> {
  if (target.kind === 'socket' || !target.thisHost || target.credential === null) return null
  const stateDir = await stat(parts.stateDir(env)).catch(() => null)
  const ours = [0, process.getuid?.() ?? 0, ...(stateDir === null ? [] : [stateDir.uid])]
  const uid = await foreignListener(Number(target.url.port === '' ? 80 : target.url.port), ours)
  if (uid === null) return null
  return `the gateway is not running: ${target.url.origin} belongs to another user's program (uid ${uid}), and the token was not sent to it`
}
