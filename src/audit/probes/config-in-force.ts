/** Whether the file on disk is what the gateway decides by. */
import { waitsForRestart } from '../../config/needs-restart.ts'
import type { Probe } from './types.ts'

export const configInForce: Probe = {
  id: 'deep.config_not_in_force',
  severity: 'warning',
  title: 'The configuration on disk is not the one in force',
  why: 'The gateway keeps its old settings while the file cannot be taken over, and some settings until a restart (SPEC 1): what the other checks say of the file does not hold yet.',
  judge: ({ status }) => [
    ...(status === null || status.configError === null
      ? []
      : [
          {
            detail: `Not taken over: ${status.configError}`,
            fix: 'Correct it: openclaw config validate',
          },
        ]),
    ...(status?.warnings ?? [])
      .filter(waitsForRestart)
      .map((detail) => ({ detail, fix: 'openclaw gateway restart' })),
  ],
}
