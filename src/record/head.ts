/** The head: how far the record is known to reach, kept away from its files so that cutting them shows. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Link } from './chain.ts'

export interface HeadValues {
  /** The last line that is on disk. */
  readonly last: Link
  /** The oldest line still kept. */
  readonly firstSequence: number
  /** Hash of the line before it, so that the rest still proves where it began. */
  readonly firstPrevious: string
}

export interface Head {
  readonly sequence: number
  readonly hash: string
  readonly firstSequence: number
  readonly firstPrevious: string
  /** HMAC-SHA-256 over the rest, hex, under a key that is not in the records folder. */
  readonly hmac: string
}

/** Where the head is kept. The newest that was saved is the one that counts. */
export interface HeadStore {
  /** `null` when none was ever saved. Throws when the store cannot be read. */
  load(): Head | null
  /** Resolves when it is durable. */
  save(head: Head): Promise<void>
}

export function sealHead(key: Buffer, { last, firstSequence, firstPrevious }: HeadValues): Head {
  // The link and nothing else: a line that was read back has its entry with it.
  const head = { sequence: last.sequence, hash: last.hash, firstSequence, firstPrevious }
  return { ...head, hmac: seal(key, head).toString('hex') }
}

/** Whether we made this head, and nobody changed it since. */
export function headIsGenuine(key: Buffer, head: Head): boolean {
  const claimed = Buffer.from(head.hmac, 'hex')
  const expected = seal(key, head)
  return claimed.length === expected.length && timingSafeEqual(claimed, expected)
}

function seal(key: Buffer, head: Omit<Head, 'hmac'>): Buffer {
  const text = `record head ${head.sequence} ${head.hash} ${head.firstSequence} ${head.firstPrevious}`
  return createHmac('sha256', key).update(text).digest()
}

/** Saves heads in order, and only when they changed. */
export class HeadKeeper {
  readonly #store: HeadStore
  readonly #key: Buffer
  #saved = ''
  #queue: Promise<void> = Promise.resolve()

  constructor(store: HeadStore, key: Buffer) {
    this.#store = store
    this.#key = key
  }

  /** Rejects when the store does; the next call tries again. */
  save(values: HeadValues): Promise<void> {
    const head = sealHead(this.#key, values)
    const saving = this.#queue.then(() => this.#write(head))
    this.#queue = saving.catch(() => undefined)
    return saving
  }

  async #write(head: Head): Promise<void> {
    if (head.hmac === this.#saved) return
    await this.#store.save(head)
    this.#saved = head.hmac
  }
}
