/** The gateway's log: people read one line each on standard output, programs JSON lines in `logs/gateway.log`. */
import { join } from 'node:path'
import { openLogFile, readLogTail } from './log-file.ts'
import { LogRing, type LogTail, type TailRequest } from './log-ring.ts'
import type { Scrubber } from './scrub.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Plain facts beside the message; `requestId` where there is one. Never a header, argv or the environment as a whole (R61). */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>

export interface Log {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
  /** For a failure that nobody expected: its message and causes; the stack only at level `debug`, only in the file. */
  failure(message: string, error: unknown, facts?: LogFacts): void
  /** One line for standard output alone, as it is but scrubbed: `auth …` lines. */
  print(line: string): void
  tail(request: TailRequest): LogTail
  /** Resolves when everything is in the file. */
  flush(): Promise<void>
}

export interface LogOptions {
  readonly stateDir: string
  readonly level: LogLevel
  readonly scrubber: Scrubber
  /** Standard output; takes whole lines. */
  readonly write: (text: string) => void
  readonly clock: () => number
}

const FILE_BYTES = 5 * 1024 * 1024
const TAIL_BYTES = 256 * 1024

/** Loads the log library when it is called, since commands that log nothing should not pay for it. */
export async function openLog({
  stateDir,
  level,
  scrubber,
  write,
  clock,
}: LogOptions): Promise<Log> {
  const { pino } = await import('pino')
  const path = logPath(stateDir)
  const file = openLogFile(path, FILE_BYTES)
  const ring = new LogRing(path, readLogTail(path, TAIL_BYTES))
  const debug = level === 'debug'
  const logger = pino(
    {
      level,
      base: null,
      // Where clients that show `logs.tail` look for the text.
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: scrubber.scrubJson },
    },
    {
      write(line: string) {
        file.write(line)
        ring.push(line.trimEnd())
        write(`${humanLine(line)}\n`)
      },
    },
  )
  return {
    debug: (message, facts = {}) => logger.debug(facts, message),
    info: (message, facts = {}) => logger.info(facts, message),
    warn: (message, facts = {}) => logger.warn(facts, message),
    error: (message, facts = {}) => logger.error(facts, message),
    failure: (message, error, facts = {}) =>
      logger.error({ ...facts, ...describe(error, debug) }, message),
    print: (line) => write(`${scrubber.scrub(line)}\n`),
    tail: (request) => ring.tail(request),
    flush: () => file.flush(),
  }
}

export function logPath(stateDir: string): string {
  return join(stateDir, 'logs', 'gateway.log')
}

/** Facts that are for the file alone. */
const FILE_ONLY = new Set(['stack', 'level', 'time', 'message'])

/** `12:03:04 warn  message key=value`. Control characters are made visible: values come from strangers. */
function humanLine(json: string): string {
  const facts: Readonly<Record<string, unknown>> = JSON.parse(json)
  const time = String(facts['time']).slice(11, 19)
  const level = String(facts['level']).padEnd(5)
  const rest = Object.entries(facts)
    .filter(([name]) => !FILE_ONLY.has(name))
    .map(([name, value]) => ` ${name}=${quoted(value)}`)
    .join('')
  return `${time} ${level} ${String(facts['message'])}${rest}`.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    '?',
  )
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s="]/.test(text) ? JSON.stringify(text) : text
}

/** `error`: the message and those of its causes. */
function describe(error: unknown, withStack: boolean): LogFacts {
  if (!(error instanceof Error)) return { error: String(error) }
  const facts = { error: messages(error).join(': because ') }
  return withStack && error.stack !== undefined ? { ...facts, stack: error.stack } : facts
}

const MOST_CAUSES = 5

function messages(error: unknown, depth = 0): readonly string[] {
  if (depth >= MOST_CAUSES || !(error instanceof Error)) return []
  return [`${error.name} ${error.message}`, ...messages(error.cause, depth + 1)]
}
