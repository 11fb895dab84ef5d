/** Whether a secret is one that stands in a guide, or where none was filled in. */
import { liveSecrets } from '../../../config/secret-rules.ts'
import { isPlaceholder } from '../../../config/weak-secrets.ts'
import type { Check } from '../../types.ts'

export const tokenPlaceholder: Check = {
  id: 'gateway.token_placeholder_value',
  severity: 'critical',
  title: 'The token or password is an example that anybody can look up',
  why: 'Guides print examples, and scanners try them (SPEC 2.2). The rules of a start know them.',
  find: ({ config, rules }) =>
    liveSecrets(config, rules.mode)
      .filter(({ secret }) => isPlaceholder(secret))
      .map(({ key }) => ({
        detail: `${key} is a placeholder`,
        fix: `openclaw config set ${key} "$(openssl rand -hex 32)"`,
      })),
}
