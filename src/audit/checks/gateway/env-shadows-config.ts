/** Whether a secret in the file does nothing, since the environment has another one. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const envShadowsConfig: Check = {
  id: 'gateway.env_token_shadows_config',
  severity: 'warning',
  title: 'The environment wins over a different secret in the file',
  why: 'Whoever rotates the one in the file changes nothing, and the old one goes on being valid (SPEC 1, 2.2).',
  find: ({ warnings }) => fromProblems(warnings, ['env_token_shadows_config']),
}
