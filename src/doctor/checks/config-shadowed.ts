/** Whether a secret of the file is overruled by another one from outside it: the field's first support question. */
import type { Check } from '../types.ts'

export const configShadowed: Check = {
  id: 'config.shadowed_secret',
  severity: 'warning',
  title: 'A secret of the config file has no effect: another one wins',
  why: 'Environment and `.env` win over the file (SPEC 1). Whoever changes the token in the file and not in the environment is refused with a token that looks right (R46). Both sources are named, neither value is shown.',
  find: ({ config }) =>
    config.kind === 'refused'
      ? []
      : config.shadowed.map(({ key, winner, loser }) => ({
          detail: `${key}: ${winner} wins over a different value in ${loser}`,
          fix: `Remove the one that is not meant: unset the variable, or openclaw config unset ${key}`,
        })),
}
