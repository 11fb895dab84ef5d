/** What a start does about a change that waited to be confirmed, before the configuration is read (SPEC 14.5). */
import type { LoadRequest } from '../config/gather.ts'
import { locate } from '../config/locate.ts'
import {
  readPending,
  standing,
  undoPending,
  type PendingChange,
  type Undone,
} from '../config/pending-change.ts'

/** What a start found beside the file, and did about it. */
export type AtStart =
  | { readonly kind: 'none' }
  | { readonly kind: 'waits'; readonly file: string; readonly pending: PendingChange }
  | {
      readonly kind: 'ended'
      readonly pending: PendingChange
      readonly how: Undone
      /** Why the gateway would not have started with it; `null`: its time was over. */
      readonly why: string | null
    }
  | { readonly kind: 'unusable'; readonly why: string }

/** Before the configuration is read: a change whose time is over is undone, one that never reached the file forgotten. */
export async function pendingAtStart(request: LoadRequest, now: number): Promise<AtStart> {
  const { host, variables, flags } = request
  const located = locate({ variables, home: host.home, path: flags.config })
  // The start itself says what is wrong with it.
  if (located.kind === 'refused') return { kind: 'none' }
  const { file } = located.location
  const found = await readPending(host, file)
  if (found.kind !== 'pending') return found
  const { pending } = found
  const over = now >= pending.undoAt || standing(pending, await host.read(file)) === 'before'
  if (!over) return { kind: 'waits', file, pending }
  const how = await undoPending(host, file, pending)
  return how.kind === 'failed'
    ? { kind: 'waits', file, pending }
    : { kind: 'ended', pending, how, why: null }
}

/** The gateway does not start with it, so nobody will confirm it. `null`: it is not for that. */
export async function undoneForStart(
  { host }: Pick<LoadRequest, 'host'>,
  found: AtStart,
  why: string,
): Promise<AtStart | null> {
  if (found.kind !== 'waits') return null
  const { file, pending } = found
  const how = await undoPending(host, file, pending)
  return how.kind === 'undone' ? { kind: 'ended', pending, how, why } : null
}
