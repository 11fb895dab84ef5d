/** What a command of the command line is, and what it may use. */
import type { Clock } from '../core/clock.ts'
import type { Parts } from './parts.ts'

/** 0 done; 1 found problems, refused, or not running; 2 used wrongly; 70 our own fault. */
export const EXIT = { done: 0, no: 1, usage: 2, fault: 70 } as const

/** Where a command writes and what it reads of its surroundings. */
export interface Io {
  /** Writes the text as it is: line breaks are the caller's. */
  stdout(text: string): void
  stderr(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard output is a terminal. */
  readonly isTty: boolean
  /** How wide that terminal is; `null`: there is none, or it does not say. */
  readonly columns: number | null
}

export interface Context extends Io {
  readonly parts: Parts
  readonly now: Clock
}

export interface Argument {
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly choices?: readonly string[]
}

export interface Option {
  /** `--port <port>`; a flag without `<…>` is true or absent; `--no-open` sets `open` to false. */
  readonly flags: string
  readonly description: string
  /** May be given more than once; its values are a list. */
  readonly repeat?: true
  readonly choices?: readonly string[]
  /** Its value on the command line is seen by everybody on the machine: the user is warned. */
  readonly secret?: true
  /** The environment variable that says the same. */
  readonly variable?: string
}

export type OptionValue = string | boolean | readonly string[]

/** A command line after parsing. `text`, `flag` and `list` in `arguments.ts` read it. */
export interface Arguments {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, OptionValue | undefined>>
}

export interface Example {
  readonly line: string
  readonly does: string
}

export interface Command {
  /** The words after `openclaw`: `config get`. */
  readonly name: string
  readonly summary: string
  readonly arguments: readonly Argument[]
  /** `--json`, `--verbose` and `--help` are every command's. */
  readonly options: readonly Option[]
  readonly examples: readonly Example[]
  /** Resolves to the exit code; rejects only for bugs and outages. */
  run(args: Arguments, context: Context): Promise<number>
}
