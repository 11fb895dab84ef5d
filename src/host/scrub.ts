/** Takes secrets out of text before it is written anywhere: those we know, and whatever looks like one. */
import { jsonOf } from '../core/json.ts'
import type { Secret } from '../core/secret.ts'

export interface Scrubber {
  /** Plain text. */
  readonly scrub: (text: string) => string
  /** One JSON object on a line, with or without its line break. Only string values change, so it stays JSON. */
  readonly scrubJson: (line: string) => string
  /** From now on these are configured as well. Those of before stay redacted: somebody may still use them. */
  readonly learn: (secrets: readonly Secret[]) => void
}

/** Shorter ones cannot be told from ordinary words; redacting them would only say what they are. */
const SHORTEST = 4
/** Beyond this many the oldest are forgotten: after as many rotations nothing accepts them. */
const MOST_VALUES = 1000

const MARK = '[redacted]'

export function createScrubber(secrets: readonly Secret[] = []): Scrubber {
  const state: { values: ReadonlySet<string>; known: RegExp | null } = {
    values: new Set(),
    known: null,
  }
  const learn = (learned: readonly Secret[]): void => {
    const values = learned.map((secret) => secret.reveal())
    const long = values.filter((value) => value.length >= SHORTEST)
    state.values = new Set([...state.values, ...long].slice(-MOST_VALUES))
    state.known = anyOf([...state.values].flatMap(spellings))
  }
  const scrub = (text: string): string =>
    redactShapes(state.known === null ? text : text.replace(state.known, MARK))
  learn(secrets)
  return {
    learn,
    scrub,
    // Nearly every line is clean, and then the cheap look at its text is all there is.
    scrubJson: (line) => (scrub(line) === line ? line : scrubValues(line, scrub)),
  }
}

/** How a value may stand in a line: as it is, in JSON, in JSON within JSON, in an address, in base64. */
function spellings(value: string): readonly string[] {
  const quoted = JSON.stringify(value).slice(1, -1)
  const twice = JSON.stringify(quoted).slice(1, -1)
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '')
  return [value, quoted, twice, base64, encodeURIComponent(value.toWellFormed())]
}

/** One pass over the text for all of them; the longest first, since one may be part of another. */
function anyOf(values: readonly string[]): RegExp | null {
  const distinct = [...new Set(values)].sort((a, b) => b.length - a.length)
  if (distinct.length === 0) return null
  return new RegExp(distinct.map(literally).join('|'), 'g')
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

const HEADER_NAME = /(?:authorization|x-openclaw-password|x-api-key|cookie)$/i

/** Each keeps what names the secret. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // `authorization: bearer` with nothing after it says where a credential stood, not which.
  [
    /((?:authorization|x-openclaw-password|x-api-key|cookie)\\*"?\s*[:=])(?!\s*(?:bearer|basic)(?:[,;"\\]|\s+and\b|$))(\s*\\*"?)[^\r\n]+/gi,
    `$1$2${MARK}`,
  ],
  // Of an address, also of one whose slashes were put together by whoever took it for a path.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/{1,2}[^\s/:@"\\]*:)[^\s/@"\\]+@/gi, `$1${MARK}@`],
  [/\b(Bearer|Basic)(\s+)(?=[^\s"\\]*[\d=])[\w.~+/=-]{6,}/gi, `$1$2${MARK}`],
  [
    /([?&#](?:token|access_token|password|api_key|key|deviceToken|secret|login)=)[^&#\s"\\]+/gi,
    `$1${MARK}`,
  ],
  [/\b(?:sk-|gh[a-z]_|github_pat_|xox[a-z]-|AGE-SECRET-KEY-1|eyJ[\w-]+\.)[\w.-]{16,}/g, MARK],
  [/\b\d{6,12}:[\w-]{32,}/g, MARK],
]

function redactShapes(text: string): string {
  const named = SHAPES.reduce((rest, [shape, by]) => rest.replace(shape, by), text)
  return redactRuns(named)
}

/** Shortest run of letters, digits, `-` and `_` that may be a token. */
const RUN = 32

/**
 * A run that long covers one of every 32 places, so only those are looked at: a pattern would try
 * every place, and this is done for each line that is written.
 */
function redactRuns(text: string): string {
  const parts: string[] = []
  const state = { done: 0 }
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (!isRunCharacter(text.charCodeAt(at))) continue
    const { start, end } = runAround(text, at)
    at = end - 1
    if (end - start < RUN || !looksRandom(text.slice(start, end))) continue
    parts.push(text.slice(state.done, start), MARK)
    state.done = end
  }
  return state.done === 0 ? text : [...parts, text.slice(state.done)].join('')
}

function runAround(text: string, at: number): { readonly start: number; readonly end: number } {
  const run = { start: at, end: at + 1 }
  while (run.start > 0 && isRunCharacter(text.charCodeAt(run.start - 1))) run.start -= 1
  while (run.end < text.length && isRunCharacter(text.charCodeAt(run.end))) run.end += 1
  return run
}

function isRunCharacter(code: number): boolean {
  const letter = code | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f
  )
}

/** Hexadecimal, or 32 bytes and more of base64url; a long plain name has no capitals or no digits. */
function looksRandom(run: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(run)) return true
  return run.length >= 40 && /\d/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run)
}

/** Words of ours, which stay readable even where somebody's password is one of them. */
const OUR_WORDS = new Set([
  'kind',
  'event',
  'outcome',
  'surface',
  'method',
  'step',
  'verdict',
  'level',
  'time',
])

function scrubValues(line: string, scrub: (text: string) => string): string {
  const parsed = jsonOf(line)
  if (parsed === undefined) return scrub(line)
  const scrubValue = (name: string, value: string): string => {
    if (HEADER_NAME.test(name)) return MARK
    return OUR_WORDS.has(name) ? value : scrub(value)
  }
  const clean = JSON.stringify(parsed, (name, value: unknown) =>
    typeof value === 'string' ? scrubValue(name, value) : value,
  )
  return line.endsWith('\n') ? `${clean}\n` : clean
}
