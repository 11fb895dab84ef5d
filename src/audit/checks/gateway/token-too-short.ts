/** Whether the token is short enough to be guessed. */
import { liveSecrets } from '../../../config/secret-rules.ts'
import { isPlaceholder, weakness } from '../../../config/weak-secrets.ts'
import type { Check } from '../../types.ts'

export const tokenTooShort: Check = {
  id: 'gateway.token_too_short',
  severity: 'warning',
  title: 'The token is short',
  why: 'Below 32 characters guessing is only a matter of patience (SPEC 2.2). A gateway that others reach does not start with it.',
  find: ({ config, rules }) =>
    liveSecrets(config, rules.mode).flatMap(({ key, kind, secret }) => {
      const why = weakness(secret, kind)
      if (kind !== 'token' || why === null || isPlaceholder(secret)) return []
      return [
        { detail: `${key} ${why}`, fix: `openclaw config set ${key} "$(openssl rand -hex 32)"` },
      ]
    }),
}
