/** Web sessions in `web-sessions.json` of the state dir: digests only, replaced whole, 0600. */
import { join } from 'node:path'
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import type { WebSession } from '../access/types.ts'
import type { WebSessionStore } from '../access/web-sessions.ts'
import { replaceFile } from '../host/replace-file.ts'
import { roleShape, scopeShape } from './scope-shape.ts'
import { textIfThere } from './text-file.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.int().nonnegative()
const savedSession = z.strictObject({
  idDigest: digest,
  proofDigest: digest,
  principal: z.strictObject({
    kind: z.enum(['owner', 'shared', 'device', 'api-key', 'user']),
    id: z.string(),
    displayName: z.string(),
    role: roleShape,
    scopes: z.array(scopeShape),
    credentialId: z.null(),
  }),
  madeBy: z.string().nullable(),
  createdAt: time,
  lastSeenAt: time,
})
const savedFile = z.strictObject({ version: z.literal(1), sessions: z.array(savedSession) })

export type SavedWebSessions =
  | { readonly kind: 'loaded'; readonly sessions: readonly WebSession[] }
  /** Nobody is logged in then; `problem` says why, for the log. */
  | { readonly kind: 'unusable'; readonly problem: string }

export class WebSessionFile implements WebSessionStore {
  readonly #path: string
  #writing: Promise<void> | null = null
  #next: Batch | null = null

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'web-sessions.json')
  }

  /** A file that is not there is an empty one. */
  async load(): Promise<SavedWebSessions> {
    const text = await textIfThere(this.#path)
    if (text === null) return { kind: 'loaded', sessions: [] }
    const parsed = savedFile.safeParse(jsonOf(text))
    if (parsed.success) return { kind: 'loaded', sessions: parsed.data.sessions }
    const problem = `${this.#path} is damaged or of another version: everybody has to log in again`
    return { kind: 'unusable', problem }
  }

  /** While one write runs, all that come meanwhile share the next: the newest state is what it writes. */
  save(sessions: readonly WebSession[]): Promise<void> {
    if (this.#next === null) {
      const batch: Batch = { sessions, written: this.#afterCurrent(() => this.#flush(batch)) }
      this.#next = batch
      return batch.written
    }
    this.#next.sessions = sessions
    return this.#next.written
  }

  #afterCurrent(write: () => Promise<void>): Promise<void> {
    const before = this.#writing?.catch(() => undefined) ?? Promise.resolve()
    return before.then(write)
  }

  async #flush(batch: Batch): Promise<void> {
    this.#next = null
    this.#writing = this.#write(batch.sessions)
    await this.#writing
  }

  async #write(sessions: readonly WebSession[]): Promise<void> {
    const text = `${JSON.stringify({ version: 1, sessions }, null, 1)}\n`
    const written = await replaceFile(this.#path, text)
    if (written.kind === 'failed') throw new Error(`web sessions are not kept: ${written.why}`)
  }
}

interface Batch {
  sessions: readonly WebSession[]
  readonly written: Promise<void>
}
