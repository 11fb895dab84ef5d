/** Whether every `${VARIABLE}` and reference of the configuration leads to something. */
import type { Check } from '../types.ts'

export const configUnresolved: Check = {
  id: 'config.unresolved',
  severity: 'critical',
  title: 'A variable or secret of the configuration cannot be found',
  why: 'The gateway refuses to start without it (S3). One that runs was given it by its own environment: then this shell alone lacks it, and it is said for information.',
  find: ({ config, gateway }) =>
    config.kind === 'refused'
      ? []
      : config.unresolved.map(({ key, message, fix }) => ({
          ...(gateway.kind === 'running' && { severity: 'info' as const }),
          detail: `${key ?? 'the configuration'}: ${message}`,
          fix,
        })),
}
