/** `config.confirm`: whoever got in by the new rules says that they may stay (SPEC 14.5). */
import { z } from 'zod'
import { Refusal, defineOperation, type Call, type Operation } from './types.ts'

/** A change that undoes itself. */
export interface WaitingChange {
  readonly keys: readonly string[]
  /** Milliseconds since the epoch. */
  readonly undoAt: number
  /** What of it only a restart puts into force. */
  readonly waiting: readonly string[]
}

export interface ConfigConfirmPort {
  waiting(): WaitingChange | null
  /** Whether they were let in by the rules that the change made, or later ones; a session only when its login was. */
  letInSince(call: Call): boolean
  /** `gone`: it was undone meanwhile; another one that waits by now is not kept by it. */
  keep(
    change: WaitingChange,
  ): Promise<
    | { readonly kind: 'kept' }
    | { readonly kind: 'gone' }
    | { readonly kind: 'failed'; readonly why: string }
  >
}

export interface ConfigConfirmed {
  readonly keys: readonly string[]
}

const input = z.strictObject({ force: z.boolean().optional() })

export function configConfirm(port: ConfigConfirmPort): Operation {
  return defineOperation({
    name: 'config.confirm',
    summary:
      'Keeps a change that would undo itself; counts only from whoever was let in by the new rules.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/config/confirm' },
    websocket: true,
    input,
    subject: () => (port.waiting()?.keys ?? ['nothing']).join(', '),
    run: async ({ force = false }, call): Promise<ConfigConfirmed> => {
      const change = port.waiting()
      if (change === null) throw conflict('no change waits to be confirmed')
      const why = whyNot(change, { call, force, since: port.letInSince(call) })
      if (why !== null) throw conflict(why)
      const kept = await port.keep(change)
      if (kept.kind === 'gone')
        throw conflict(
          'the change does not wait any more: somebody else confirmed it just now, or it was undone',
        )
      if (kept.kind === 'failed') throw conflict(kept.why)
      return { keys: change.keys }
    },
  })
}

interface Asking {
  readonly call: Pick<Call, 'surface'>
  readonly force: boolean
  readonly since: boolean
}

/** `null`: their word counts. */
export function whyNot({ waiting }: WaitingChange, { call, force, since }: Asking): string | null {
  const owner = call.surface === 'owner'
  if (force && owner) return null
  if (waiting.length > 0)
    return `${waiting.join(', ')} is not in force yet: restart the gateway (\`openclaw gateway restart\`), then confirm`
  if (owner)
    return (
      "the owner's socket is open under any rules, so it proves nothing: come by the gateway's port. " +
      '`openclaw config confirm --force` keeps the change without that'
    )
  if (!since)
    return 'you were let in before the change was in force: connect or log in again, then confirm'
  return null
}

function conflict(message: string): Refusal {
  return new Refusal('conflict', message)
}
