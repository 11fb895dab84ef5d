/** Whether the identity lies beside what it opens. */
import type { Check } from '../../types.ts'

export const identityBeside: Check = {
  id: 'secrets.identity_beside_encrypted',
  severity: 'warning',
  title: 'The identity lies in the state dir, beside what it opens',
  why: 'A backup or repository of the state dir then holds both, as if nothing were encrypted (SPEC 8: a path outside version control).',
  find: ({ files, stateDir }) =>
    files
      .filter(({ role, path }) => role === 'identity' && path.startsWith(`${stateDir}/`))
      .map(({ path }) => ({
        detail: `secrets.identity is ${path}, below ${stateDir}`,
        fix: 'Move it, for example to ~/.config/openclaw/identity.txt, then openclaw config set secrets.identity <path>',
      })),
}
