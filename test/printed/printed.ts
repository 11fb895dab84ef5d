/** What guides for OpenClaw print, and what becomes of it here: the table that the tests try and docs/printed-commands.md shows. */

export const TOPICS = [
  'Chat networks and senders',
  'Conversations',
  'Starting and asking the gateway',
  'Authentication',
  'Network',
  'Devices',
  'Keys and providers',
  'Audit and doctor',
  'Files',
  'Programs of others',
] as const
export type Topic = (typeof TOPICS)[number]

/** What stands for something that only a running gateway knows. */
export type Blank = 'discord code' | 'telegram code' | 'discord sender' | 'device request'

/** Where a line is typed: a home with nothing in it, or one in which a gateway runs. */
export type Place = 'nothing' | 'gateway'

/** What every entry has. */
interface Said {
  /** As it is printed. */
  readonly line: string
  readonly topic: Topic
  /** For the page: what it does here, or why it does something else. */
  readonly does: string
}

export interface Works extends Said {
  readonly state: 'works'
  readonly place: Place
  /** What is printed → what is typed in its place. */
  readonly fill?: Readonly<Record<string, Blank>>
  /** What is typed where it asks for something. */
  readonly input?: string
  /** Waits for an answer before it is typed, and stands in what it prints. */
  readonly shows?: readonly Blank[]
  /** A piece of what it prints. */
  readonly says: RegExp
  /** Whoever has the usual port on this machine would be found: another one is set. */
  readonly port?: 'another'
}

/** Starts a gateway, which listens and answers until it is told to end. */
export interface Starts extends Said {
  readonly state: 'works'
  readonly place: 'start'
  /** The lines that are printed above it, each list in a home of its own. */
  readonly after: Readonly<Record<string, readonly string[]>>
}

/** Asks, on a terminal. */
export interface Asks extends Said {
  readonly state: 'works'
  readonly place: 'terminal'
  /** What is typed once it has printed `after`; `\r` is Enter. */
  readonly after: RegExp
  readonly keys: string
  readonly says: RegExp
}

export interface Differs extends Said {
  readonly state: 'differs'
  readonly place: Place
  readonly says: RegExp
  readonly exit: number
  /** What to type; a test types it, with `fill`. */
  readonly instead: string
  readonly fill?: Readonly<Record<string, Blank>>
}

/** Not ours: a program of the system or of somebody else. */
export interface Elsewhere extends Said {
  readonly state: 'elsewhere'
}

/** Not built yet. Of ours the test asks that it is unknown, so that whoever builds it moves it. */
export interface Later extends Said {
  readonly state: 'later'
  readonly instead?: string
}

export type PrintedCommand = Works | Starts | Asks | Differs | Elsewhere | Later

export const STATES: Readonly<Record<PrintedCommand['state'], string>> = {
  works: 'as printed',
  differs: 'otherwise',
  elsewhere: 'not ours',
  later: 'not yet',
}

interface Text {
  /** For the page and the names of tests. */
  readonly title: string
  readonly topic: Topic
  /** Where it belongs, below `~/.openclaw` unless it is somebody else's file. */
  readonly file: string
  readonly does: string
}

/** What a file comes to: `openclaw config get <path>` for each path. */
export type Means = Readonly<Record<string, unknown>>

export interface WorkingSnippet extends Text {
  readonly state: 'works'
  readonly text: string
  readonly means: Means
  /** Without it there is no start: what `openclaw config validate` says then, and what to type. */
  readonly needs?: { readonly says: RegExp; readonly line: string }
  /** More of what guides print beside it: variables that it names, files. */
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** A command that shows it in force. */
  readonly shown?: { readonly line: string; readonly says: RegExp }
}

export interface DifferingSnippet extends Text {
  readonly state: 'differs'
  readonly text: string
  /** What `openclaw config validate` says of it. */
  readonly says: RegExp
  readonly instead: string
  readonly means: Means
}

export interface OtherSnippet extends Text {
  readonly state: 'elsewhere' | 'later'
}

export type PrintedSnippet = WorkingSnippet | DifferingSnippet | OtherSnippet
