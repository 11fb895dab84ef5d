/** `lockouts.clear`: lets an address, or everybody, guess again (SPEC 2.4). */
import * as z from 'zod'
import { bucketsOf } from '../access/throttle-locks.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface LockoutsClearParts {
  /** `access/throttle.ts`. */
  readonly throttle: {
    /** `durable` resolves when a restart will not bring the locks back. */
    release(address?: string): { readonly released: number; readonly durable: Promise<void> }
  }
}

export function lockoutsClear({ throttle }: LockoutsClearParts): Operation {
  return defineOperation({
    name: 'lockouts.clear',
    summary:
      'Lifts the lock of one address, or all locks; wrong guesses are counted from zero again.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/lockouts' },
    websocket: true,
    input: z.strictObject({ address: z.string().trim().optional() }),
    run: async ({ address }): Promise<{ readonly cleared: number }> => {
      if (address !== undefined && bucketsOf(address).length === 0) {
        throw new Refusal(
          'invalid_input',
          `address: ${JSON.stringify(address)} is no address: write one as \`openclaw lockouts list\` shows it, or leave it out to clear all`,
        )
      }
      const { released, durable } = throttle.release(address)
      await durable
      return { cleared: released }
    },
  })
}
