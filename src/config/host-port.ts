/** What configuration needs of the machine it runs on; `host/` implements it, `app.ts` and the commands join the two. */

export interface ConfigHost {
  /** Reads a file that nobody but its owner and root can have written. */
  read(path: string): Promise<FileRead>
  /** The same, for what is no text. */
  readBytes(path: string): Promise<BytesRead>
  /** Replaces the file whole, mode 0600: after a crash it is the old one or the new one. */
  write(path: string, content: string | Buffer): Promise<Written>
  /** Makes the file whole, mode 0600, or leaves the one that is there. */
  make(path: string, text: string): Promise<Written>
  /** Puts one file in the place of another: needs no room on the disk. */
  move(from: string, to: string): Promise<Written>
  /** Takes the file away for good; where none is, that is done. */
  remove(path: string): Promise<Written>
  /** Makes the folder, mode 0700, where it is missing. */
  makeFolder(path: string): Promise<Written>
  /** Held until released or until this process ends, however it ends. */
  lock(path: string): Promise<Lock>
  /** Runs a program without a shell and answers its standard output. */
  run(command: readonly string[], environment: Variables): Promise<Ran>
  /** The user's home folder. */
  readonly home: string
}

/** Environment variables; unset ones are `undefined` or absent. */
export type Variables = Readonly<Record<string, string | undefined>>

export type FileRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly why: string; readonly fix: string }

export type BytesRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | Exclude<FileRead, { kind: 'text' }>

export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'failed'; readonly why: string }
export type Lock =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'failed'; readonly why: string }
export type Ran =
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string }
