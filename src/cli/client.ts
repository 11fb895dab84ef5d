/** Asks the gateway for a command, and says what to do when it does not answer. */
import { stat } from 'node:fs/promises'
import { jsonOf } from '../core/json.ts'
import { flag, wholeNumber, text } from './arguments.ts'
import { exchange, type Question } from './exchange.ts'
import { json, problem } from './output.ts'
import { foreignListener } from './port-owner.ts'
import { findTargets, targetInWords, type Target } from './targets.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

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
}

export type NoAnswer =
  | {
      readonly kind: 'not-running'
      readonly tried: readonly string[]
      /** By `--url`, so that starting one here would not help. */
      readonly named: boolean
      readonly note: string | null
    }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly code: string
      readonly message: string
      readonly requestId: string | null
      readonly from: string
    }
  /** It answered something, or stopped in the middle. */
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string }

export type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value; readonly from: Target }
  | NoAnswer

const TIMEOUT_MS = 10_000
const DAY_SECONDS = 86_400

/** Tries each way in turn until somebody answers. */
export async function ask<Value>(
  asked: Asked<Value>,
  args: Arguments,
  context: Context,
): Promise<Answer<Value>> {
  const timeout = wholeNumber(args, 'timeout', { min: 1, max: DAY_SECONDS })
  if (timeout.kind === 'wrong') return timeout
  const found = await findTargets(args, context)
  if (found.kind === 'wrong') return found

  const timeoutMs =
    timeout.value === undefined ? (asked.timeoutMs ?? TIMEOUT_MS) : timeout.value * 1000
  const tried: string[] = []
  for (const target of found.targets) {
    const stranger = await strangerAt(target, context)
    if (stranger !== null) return { kind: 'broken', message: stranger }
    const answer = await exchange(target, asked, timeoutMs)
    if (answer.kind === 'unreachable') {
      tried.push(targetInWords(target))
      continue
    }
    if (answer.kind === 'broken')
      return {
        kind: 'broken',
        message: `the gateway at ${targetInWords(target)} did not answer: ${answer.detail}`,
      }
    return answer.status >= 200 && answer.status < 300
      ? understood(answer.body, asked.shape, target)
      : refusal(answer.status, answer.body, target)
  }
  return { kind: 'not-running', tried, named: text(args, 'url') !== undefined, note: found.note }
}

/** Prints what is wrong and what to do next, on standard error, with `--json` on standard output too. */
export function reportNoAnswer(answer: NoAnswer, args: Arguments, context: Context): number {
  const message = noAnswerInWords(answer)
  if (flag(args, 'json')) json(context, { error: { ...errorCode(answer), message } })
  problem(context, message)
  return answer.kind === 'wrong' ? EXIT.usage : EXIT.no
}

export function noAnswerInWords(answer: NoAnswer): string {
  if (answer.kind === 'not-running') {
    const note =
      answer.note === null ? '' : ` The configuration could not be read either: ${answer.note}`
    const next = answer.named ? 'is that the right address?' : 'start it with `openclaw gateway`'
    return `the gateway is not running (tried ${answer.tried.join(', ')}): ${next}${note}`
  }
  if (answer.kind !== 'refused') return answer.message
  const next =
    answer.requestId === null ? '' : `; \`openclaw auth why ${answer.requestId}\` explains it`
  const did = answer.status >= 500 ? 'failed' : 'refused'
  return `the gateway at ${answer.from} ${did} (${answer.status} ${answer.code}): ${answer.message}${next}`
}

function errorCode(answer: NoAnswer): {
  readonly code: string
  readonly requestId?: string | null
} {
  return answer.kind === 'refused'
    ? { code: answer.code, requestId: answer.requestId }
    : { code: answer.kind }
}

function understood<Value>(body: string, shape: Shape<Value>, from: Target): Answer<Value> {
  const parsed = shape.safeParse(jsonOf(body))
  if (parsed.success) return { kind: 'answered', value: parsed.data, from }
  const where = targetInWords(from)
  return {
    kind: 'broken',
    message: `what answers at ${where} is no gateway that this version understands: compare \`openclaw --version\` on both ends`,
  }
}

function refusal(status: number, body: string, target: Target): NoAnswer {
  const from = targetInWords(target)
  const { error } = object(jsonOf(body))
  const { code, type, message, requestId } = object(error)
  if (typeof message !== 'string') {
    return {
      kind: 'broken',
      message: `what answers at ${from} is no gateway: HTTP ${status}. Is another program on that port?`,
    }
  }
  return {
    kind: 'refused',
    status,
    code: typeof code === 'string' ? code : String(type),
    message,
    // It becomes part of a command to type: nothing but an id may stand there.
    requestId:
      typeof requestId === 'string' && /^[\w.:-]{1,128}$/.test(requestId) ? requestId : null,
    from,
  }
}

/** In words, when the credential would go to somebody else's program on this host. */
async function strangerAt(target: Target, { parts, env }: Context): Promise<string | null> {
  if (target.kind === 'socket' || !target.thisHost || target.credential === null) return null
  const stateDir = await stat(parts.stateDir(env)).catch(() => null)
  const ours = [0, process.getuid?.() ?? 0, ...(stateDir === null ? [] : [stateDir.uid])]
  const uid = await foreignListener(Number(target.url.port === '' ? 80 : target.url.port), ours)
  if (uid === null) return null
  return `the gateway is not running: ${target.url.origin} belongs to another user's program (uid ${uid}), and the token was not sent to it`
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
