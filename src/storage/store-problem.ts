/** What is wrong with the store's file, in words that say which file and what to do next. */

export type StoreProblemKind = 'damaged' | 'full' | 'denied' | 'busy' | 'newer' | 'unusable'

/** Thrown by whatever reads or writes the store. The message names the file, for the operator; it holds no data. */
export class StoreProblem extends Error {
  readonly kind: StoreProblemKind

  /** The same for a caller, who need not know where the file lies. */
  get forCallers(): string {
    return `the store of this gateway ${ADVICE[this.kind]}`
  }

  constructor(kind: StoreProblemKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StoreProblem'
    this.kind = kind
  }
}

/** The primary result codes of SQLite that an operator can do something about (sqlite.org/rescode.html). */
const KINDS: ReadonlyMap<number, StoreProblemKind> = new Map([
  [3, 'denied'],
  [5, 'busy'],
  [6, 'busy'],
  [8, 'denied'],
  [10, 'unusable'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'denied'],
  [23, 'denied'],
  [26, 'damaged'],
])

/** SQLITE_IOERR_SHMSIZE: the -shm file could not grow, which is how a full disk often shows first. */
const SHARED_MEMORY_SIZE = 10 | (19 << 8)

const SYSTEM_KINDS: ReadonlyMap<string, StoreProblemKind> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['EROFS', 'denied'],
  ['EIO', 'unusable'],
])

const ADVICE: Readonly<Record<StoreProblemKind, string>> = {
  damaged:
    'is damaged. Stop the gateway, then put a backup in its place, or move it and its -wal and -shm files away to start with an empty one (it holds conversations and memories, no credentials)',
  full: 'cannot grow: the disk is full. Free some space; nothing that was acknowledged is lost',
  denied: 'cannot be used: make it and its folder readable and writable for the gateway',
  busy: 'is locked by another program: close whatever else has it open',
  newer:
    'was made by a newer version of the gateway: run that version, or put an older backup in its place',
  unusable:
    'cannot be read or written: look for disk errors in the system log, then restart the gateway',
}

export function storeProblem(path: string, kind: StoreProblemKind, cause?: unknown): StoreProblem {
  return new StoreProblem(kind, `${path} ${ADVICE[kind]}`, cause)
}

/** Any error from under the store, as one that names the file; errors of our own making stay as they are. */
export function explainStoreError(path: string, error: unknown): unknown {
  if (error instanceof StoreProblem || !(error instanceof Error)) return error
  const kind = kindOf(error)
  return kind === undefined ? error : storeProblem(path, kind, error)
}

function kindOf(error: Error): StoreProblemKind | undefined {
  if ('errcode' in error && typeof error.errcode === 'number')
    return error.errcode === SHARED_MEMORY_SIZE ? 'full' : KINDS.get(error.errcode & 0xff)
  if ('code' in error && typeof error.code === 'string') return SYSTEM_KINDS.get(error.code)
  return undefined
}
