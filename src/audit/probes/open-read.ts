/** Routes that hold something, asked without a credential. */
import { FROM_AFAR, http, reported, WHO_ANSWERS, WHOAMI, wronglyLetIn } from './ask.ts'
import type { Probe } from './types.ts'

/** What would tell a stranger most. */
export const SAMPLE: readonly string[] = [
  WHOAMI,
  '/api/v1/status',
  '/api/v1/config',
  '/api/v1/sessions',
  '/api/v1/devices',
  '/api/v1/api-keys',
  '/api/v1/record',
  '/api/v1/logs',
  '/api/v1/token',
  '/metrics',
]

/** Nothing is shown, and the answer holds something. */
export const openRead: Probe = {
  id: 'deep.open_read',
  severity: 'critical',
  title: 'The gateway answers whoever shows no credential',
  why: 'Ten routes, the configuration, the conversations and the metrics among them, are asked without a credential, as if from elsewhere, and one on the port for nodes. Who may read by the configuration itself is the finding of other checks (SPEC 3, R41).',
  requests: ({ status }) => [
    ...SAMPLE.map((path) => http(path, FROM_AFAR)),
    ...(status?.listening.some(({ listener }) => listener === 'bridge') === true
      ? [{ ...http('/api/v1/status', FROM_AFAR), over: 'bridge' as const }]
      : []),
  ],
  judge: (live, answers) =>
    reported(wronglyLetIn(live, answers), 'Answered without a credential', WHO_ANSWERS),
}
