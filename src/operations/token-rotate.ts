/** `token.rotate`: a second valid token, so that clients can move to it one by one (SPEC 2.9, S3). */
import { z } from 'zod'
import { Secret } from '../core/secret.ts'
import type { TokenBrownouts } from './token-brownout.ts'
import { rotatablePrimary, type TokenSettings } from './token-rotation.ts'
import { Refusal, defineOperation, type Operation } from './types.ts'

export interface TokenRotateParts {
  readonly settings: Pick<TokenSettings, 'slots' | 'addSecondary'>
  readonly brownout: Pick<TokenBrownouts, 'set'>
  /** `core/ids.ts` `newToken`. */
  readonly newToken: () => string
  readonly fingerprint: (secret: Secret) => string
}

/** `token` is shown here once and never again. */
export interface Rotated {
  readonly token: string
  readonly fingerprint: string
  readonly previous: string
}

export function tokenRotate({
  settings,
  brownout,
  newToken,
  fingerprint,
}: TokenRotateParts): Operation {
  return defineOperation({
    name: 'token.rotate',
    summary: 'Makes a second token valid beside the first, and shows it once.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/token/rotate' },
    websocket: true,
    input: z.strictObject({}),
    run: async (): Promise<Rotated> => {
      const slots = settings.slots()
      const primary = rotatablePrimary(slots)
      if (slots.secondary !== null) throw alreadyRunning(slots.secondary.fingerprint)

      // Left over from a rotation that was given up: it would refuse everybody, since nobody has the new token yet.
      await brownout.set(null)
      const token = newToken()
      const secret = new Secret(token)
      if ((await settings.addSecondary(secret)) === 'exists') throw alreadyRunning(null)
      return { token, fingerprint: fingerprint(secret), previous: primary.fingerprint }
    },
  })
}

function alreadyRunning(fingerprint: string | null): Refusal {
  const which = fingerprint === null ? '' : ` (${fingerprint})`
  return new Refusal(
    'conflict',
    `a rotation is already running: gateway.auth.tokenSecondary is set${which}. Finish it with \`openclaw token promote\`, ` +
      'or give it up with `openclaw token rollback`',
  )
}
