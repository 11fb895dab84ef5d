/** Whether the identity lies in a repository. */
import type { Check } from '../../types.ts'

export const identityVersioned: Check = {
  id: 'secrets.identity_in_version_control',
  severity: 'warning',
  title: 'The identity lies in a repository',
  why: 'What is committed once is in every copy for ever, and opens `.secrets.age` wherever a copy of that lies (SPEC 8: a path outside version control).',
  find: ({ files, identityRepository }) =>
    identityRepository === null
      ? []
      : files
          .filter(({ role }) => role === 'identity')
          .map(({ path }) => ({
            detail: `${path} is below the repository ${identityRepository}`,
            fix: 'Move it outside, then openclaw config set secrets.identity <path>; if it was ever committed, make a new one',
          })),
}
