/** A change that undoes itself unless somebody confirms it: what is kept of it beside the file, and how it ends (SPEC 14.5). */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { MOST_BYTES } from '../host/permissions.ts'
import type { ConfigHost, FileRead, Written } from './host-port.ts'
import type { Problem } from './problem.ts'

/** Milliseconds since the epoch, as far as a date goes. */
const MOMENT = z.int().min(0).max(8_640_000_000_000_000)

const shape = z.strictObject({
  /** The keys that were changed, as people type them. */
  keys: z.array(z.string()),
  /** Who changed them: `kind:id`. */
  by: z.string(),
  since: MOMENT,
  undoAt: MOMENT,
  /** The text of the file before; `null` when there was none. */
  before: z.string().nullable(),
  /** SHA-256 of the text that the change made, hex. */
  after: z.string(),
})
export type PendingChange = z.output<typeof shape>

/** In place of a file that was not there: a running gateway takes a file that vanished for a slip. */
const EMPTY = '{}\n'

/** What is put back. */
export function textBefore({ before }: PendingChange): string {
  return before ?? EMPTY
}

export function pendingFileOf(file: string): string {
  return `${file}.pending`
}

/** The text of before the last change. */
export function backupOf(file: string): string {
  return `${file}.bak`
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export type PendingRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly pending: PendingChange }
  /** Nothing can be undone by it. */
  | { readonly kind: 'unusable'; readonly why: string }

type Files = Pick<ConfigHost, 'read' | 'write' | 'move' | 'remove'>

export async function readPending(host: Pick<Files, 'read'>, file: string): Promise<PendingRead> {
  const found = await host.read(pendingFileOf(file))
  if (found.kind === 'absent') return { kind: 'none' }
  if (found.kind === 'refused')
    return { kind: 'unusable', why: `${pendingFileOf(file)} ${found.why}` }
  const parsed = shape.safeParse(parsedJson(found.text))
  return parsed.success
    ? { kind: 'pending', pending: parsed.data }
    : { kind: 'unusable', why: `${pendingFileOf(file)} is none of ours` }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Durable when it resolves: written before the change itself, so that no crash leaves a change without its end. */
export async function writePending(
  host: Pick<Files, 'write'>,
  file: string,
  pending: PendingChange,
): Promise<Written> {
  const path = pendingFileOf(file)
  const text = JSON.stringify(pending)
  if (Buffer.byteLength(text) > MOST_BYTES)
    return { kind: 'failed', why: `${path} would be too large to be read again` }
  return host.write(path, text)
}

/** From now on the change stays. */
export function removePending(host: Pick<Files, 'remove'>, file: string): Promise<Written> {
  return host.remove(pendingFileOf(file))
}

/** What became of the file since: it is as the change made it, as it was before, or somebody changed it by hand. */
export function standing(pending: PendingChange, file: FileRead): 'changed' | 'before' | 'by-hand' {
  const text = file.kind === 'text' ? file.text : null
  if (text !== null && digestOf(text) === pending.after) return 'changed'
  return text === pending.before ? 'before' : 'by-hand'
}

export type Undone =
  | { readonly kind: 'undone' }
  /** The change never reached the file. */
  | { readonly kind: 'never-made' }
  /** Somebody changed the file since, by hand or by a command: it stays as they wrote it. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly why: string }

/** Puts the old text back, under the lock of the file. `failed`: nothing was changed, and it can be tried again. */
export async function undoPending(
  host: Files & Pick<ConfigHost, 'lock'>,
  file: string,
  pending: PendingChange,
): Promise<Undone> {
  const lock = await host.lock(`${file}.lock`)
  if (lock.kind === 'failed') return lock
  try {
    const kept = await readPending(host, file)
    if (kept.kind === 'none') return { kind: 'left' }
    if (kept.kind === 'pending' && !isDeepStrictEqual(kept.pending, pending))
      return { kind: 'left' }
    const now = standing(pending, await host.read(file))
    const written =
      now === 'changed' ? await putBack(host, file, pending) : { kind: 'written' as const }
    if (written.kind === 'failed') return written
    // Last: whoever is killed in between finds the old text, and has only this left to do.
    const removed = await removePending(host, file)
    if (removed.kind === 'failed') return removed
    if (now === 'changed') return { kind: 'undone' }
    return { kind: now === 'before' ? 'never-made' : 'left' }
  } finally {
    lock.release()
  }
}

/** A full disk takes no new file; the backup that the change made is on it already. */
async function putBack(
  host: Pick<Files, 'read' | 'write' | 'move'>,
  file: string,
  pending: PendingChange,
): Promise<Written> {
  const written = await host.write(file, textBefore(pending))
  if (written.kind === 'written') return written
  const backup = await host.read(backupOf(file))
  if (backup.kind !== 'text' || backup.text !== pending.before) return written
  const moved = await host.move(backupOf(file), file)
  return moved.kind === 'written' ? moved : written
}

/** Why the file must not be edited now: the edit would take the way back from whoever waits for the undo. */
export function waitsProblem({ keys, undoAt }: PendingChange): Problem {
  return {
    code: 'change_waits',
    key: null,
    where: null,
    message: `a change of ${keys.join(', ')} waits to be confirmed until ${new Date(undoAt).toISOString()}`,
    fix: 'Keep it with `openclaw config confirm`, or wait until it is undone; nothing was changed now',
  }
}
