/** The rows of a page's table: what becomes of each line that it tells people to type, and of each file that it shows. */
import type { Shell } from '../printed/shell.fixture.ts'
import type { Going, Session } from './session.fixture.ts'

/** Where a page is followed. */
export interface Place {
  readonly shell: Shell
  readonly session: Session
  /** The gateway's: it has the usual one's place in the lines. */
  readonly port: string
  /** Types a line that goes on until the page is over. */
  begin(line: string, until: RegExp, input?: string): Promise<Going>
  /** Done when the page is over, the last one first. */
  afterwards(close: () => unknown): void
}

export type Value = string | ((place: Place) => string | Promise<string>)

interface Prepared {
  /** Typed before it, or done. */
  readonly before?: string | ((place: Place) => unknown)
  /** What stands for something that only this gateway knows → what is typed in its place. */
  readonly fill?: Readonly<Record<string, Value>>
}

/** Types a line, to its end. */
export interface TypedStep extends Prepared {
  readonly line: string
  /** A piece of what it prints, errors included. */
  readonly says: RegExp | ((place: Place) => RegExp)
  /** 0 where it is absent. */
  readonly exit?: number
  /** What it reads. */
  readonly input?: Value
  /** What somebody else does while it waits. */
  readonly meanwhile?: (place: Place) => Promise<unknown>
  /** It asks, and is typed at a terminal: what is answered. */
  readonly answers?: string
  /** It is asked again until it says so: a gateway that runs takes a change over within a second. */
  readonly soon?: true
}

/** Types a line that goes on until the page is over, or once it is there with `over`. */
export interface GoingStep extends Prepared {
  readonly line: string
  readonly input?: Value
  /** What it prints once it is there. */
  readonly until: RegExp
  /** It is ended then. */
  readonly over?: true
}

/** A file that the page shows. */
export interface FileStep extends Prepared {
  readonly block: string
  /** How it begins, to tell blocks from each other. */
  readonly begins: string
  /** Where it belongs, below the home folder. */
  readonly file: string
  /** `here`: it stays for the lines below. `alone`: in a home of its own, with what `files` and `env` say. */
  readonly home: 'here' | 'alone'
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** What is typed after that, each with a piece of what it prints. */
  readonly gives: Readonly<Record<string, RegExp>>
}

/** What the page says that a program prints; `…` in it stands for what is different each time. */
export interface PrintedStep extends Pick<Prepared, 'fill'> {
  readonly block: string
  readonly begins: string
  readonly printed: (place: Place) => string | Promise<string>
}

/** What cannot be tried here, or is tried elsewhere. */
export type UntriedStep =
  | { readonly line: string; readonly why: string }
  | { readonly block: string; readonly begins: string; readonly why: string }

export type Step = TypedStep | GoingStep | FileStep | PrintedStep | UntriedStep

export interface Guide {
  /** From the root of the repository. */
  readonly page: string
  readonly steps: readonly Step[]
  readonly env?: Readonly<Record<string, string>>
  /** What holds for each line; a row's own `fill` wins. */
  readonly fill?: Readonly<Record<string, Value>>
  /** Where everything is typed, when it is not this machine; it is given a folder to share with this one. */
  readonly machine?: (
    shared: string,
  ) => Promise<{ readonly within: readonly string[]; off(): Promise<void> }>
  /** Before the first line: stand-ins, a gateway that runs. */
  readonly opens?: (place: Place) => Promise<unknown>
  /** For all its lines, in milliseconds; two minutes where it is absent. */
  readonly timeout?: number
  /** A program that this machine lacks, and without which nothing is typed. */
  readonly lacks?: string | null
}
