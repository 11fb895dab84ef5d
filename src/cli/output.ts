/** How commands write: plain lines, JSON, moments; colours only on a terminal. */
import type { Io } from './types.ts'

/** Records hold what strangers sent, and a terminal obeys escape sequences and turns text round: none of that gets through. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?')
}

/** The same for text of several lines, such as an agent's answer. */
export function printableLines(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?')
}

/** One line. */
export function line(io: Io, text: string): void {
  io.stdout(`${printable(text)}\n`)
}

/** One line that {@link style} painted. What is in it and not painted was made {@link printable} before. */
export function paintedLine(io: Io, text: string): void {
  io.stdout(`${text}\n`)
}

/** What a command has to say beside its answer. One line. */
export function note(io: Io, text: string): void {
  io.stderr(`${printable(text)}\n`)
}

/** JSON in which what a terminal would obey is written as its number: the same text to whoever parses it. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Bare JSON, as `--json` promises. */
export function json(io: Io, value: unknown): void {
  io.stdout(`${jsonText(value, 2)}\n`)
}

/** What went wrong, where, and what to do next. One line. */
export function problem(io: Pick<Io, 'stderr'>, message: string): void {
  io.stderr(`openclaw: ${printable(message)}\n`)
}

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  /** White on black, whatever the terminal's own colours are. */
  readonly onBlack: Paint
}

/** No colours into a file or pipe, nor where NO_COLOR is set (no-color.org). Painted text is made {@link printable} on the way. */
export function style({ env, isTty }: Io): Style {
  const on = isTty && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const paint = (code: number | string) => (text: string) =>
    on ? `\u001b[${code}m${printable(text)}\u001b[0m` : printable(text)
  return {
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    onBlack: paint('40;97'),
  }
}

/** `2026-11-20 23:01:07 +01:00`, in the zone of whoever reads it. `at`: milliseconds since the epoch, or ISO 8601. */
export function localTime(at: number | string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return 'unknown'
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time} ${zoneOf(date)}`
}

/** `+05:30`: how far this zone was ahead of UTC at that moment. */
function zoneOf(date: Date): string {
  const ahead = -date.getTimezoneOffset()
  const minutes = Math.abs(ahead)
  return `${ahead < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** The same text with every moment of UTC in it (`2026-11-20T22:01:07.123Z`) as {@link localTime} writes it. */
export function withLocalTimes(text: string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z\b/g, (moment) =>
    localTime(moment),
  )
}

/** `3d 4h`, `12m`, `5s`: the two largest units, without one that is nought. */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return both(minutes, 'm', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 24
    ? both(hours, 'h', minutes % 60, 'm')
    : both(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`
}

/** `in 3d 4h`, `3d 4h ago`, `never`: as much of a moment as a list needs. */
export function fromNow(at: number | undefined, now: number): string {
  if (at === undefined) return 'never'
  return at > now ? `in ${inWords(at - now)}` : `${inWords(now - at)} ago`
}
