/** Reads one value of a parsed command line. */
import type { Arguments } from './types.ts'

/** The option's text; `undefined` when it was not given. */
export function text(args: Arguments, option: string): string | undefined {
  const value = args.options[option]
  return typeof value === 'string' ? value : undefined
}

export function flag(args: Arguments, option: string): boolean {
  return args.options[option] === true
}

export function list(args: Arguments, option: string): readonly string[] {
  const value = args.options[option]
  return Array.isArray(value) ? value.map(String) : []
}

export type Reading<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'wrong'; readonly message: string }

/** A whole number within bounds; `undefined` when the option was not given. */
export function wholeNumber(
  args: Arguments,
  option: string,
  bounds: { readonly min: number; readonly max: number },
): Reading<number | undefined> {
  const given = text(args, option)
  if (given === undefined) return { kind: 'value', value: undefined }
  const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  if (value >= bounds.min && value <= bounds.max) return { kind: 'value', value }
  return {
    kind: 'wrong',
    message: `--${option} must be a whole number from ${bounds.min} to ${bounds.max}`,
  }
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `90s`, `15m`, `24h`, `30d`, `2w` in milliseconds; `null` for anything else. */
export function durationMs(words: string): number | null {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(words) ?? []
  const unitMs = UNIT_MS[unit]
  return unitMs === undefined ? null : Number(amount) * unitMs
}

/** A moment: a duration before (`sign` -1) or after (`sign` 1) now, or an ISO 8601 date. Milliseconds; `null` for anything else. */
export function moment(words: string, now: number, sign: 1 | -1): number | null {
  const duration = durationMs(words)
  if (duration !== null) return now + sign * duration
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(words)) return null
  const at = Date.parse(words)
  return Number.isNaN(at) ? null : at
}
