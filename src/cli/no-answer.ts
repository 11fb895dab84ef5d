/** What it means that a gateway did not answer, in words: what, where, and what to do next. */
import { flag } from './arguments.ts'
import { json, problem } from './output.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

export type NoAnswer =
  | {
      readonly kind: 'not-running'
      readonly tried: readonly string[]
      /** By `--url`, so that starting one here would not help. */
      readonly named: boolean
      /** Why one would not start here, as far as the configuration says. */
      readonly wouldNotStart: string | null
    }
  | {
      readonly kind: 'refused'
      /** It could not, rather than would not. */
      readonly failed: boolean
      /** The wire's, `AUTH_TOKEN_MISMATCH`, or HTTP's of ours, `too_many_connections`. */
      readonly code: string
      readonly message: string
      /** Under which the gateway's record knows it. */
      readonly requestId: string | null
      readonly from: string
    }
  /** It answered something, or stopped in the middle. */
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string }

/** Prints what is wrong and what to do next, on standard error, with `--json` on standard output too. */
export function reportNoAnswer(answer: NoAnswer, args: Arguments, context: Context): number {
  const message = noAnswerInWords(answer)
  if (flag(args, 'json')) json(context, { error: { ...errorCode(answer), message } })
  problem(context, message)
  return answer.kind === 'wrong' ? EXIT.usage : EXIT.no
}

export function noAnswerInWords(answer: NoAnswer): string {
  if (answer.kind === 'not-running') {
    const { tried, named, wouldNotStart } = answer
    const gone = `the gateway is not running (tried ${tried.join(', ')})`
    if (wouldNotStart !== null) {
      const why = /[.?!]\s*$/.test(wouldNotStart) ? wouldNotStart : `${wouldNotStart}.`
      return `${gone}, and would not start: ${why} Or let \`openclaw recover\` repair it`
    }
    return `${gone}: ${named ? 'is that the right address?' : 'start it with `openclaw gateway`'}`
  }
  if (answer.kind !== 'refused') return answer.message
  const { from, failed, code, message, requestId } = answer
  const next = requestId === null ? '' : `; \`openclaw auth why ${requestId}\` explains it`
  return `the gateway at ${from} ${failed ? 'failed' : 'refused'} (${code}): ${message}${next}`
}

function errorCode(answer: NoAnswer): {
  readonly code: string
  readonly requestId?: string | null
} {
  return answer.kind === 'refused'
    ? { code: answer.code, requestId: answer.requestId }
    : { code: answer.kind }
}
