/** Whether others can read the configuration. */
import type { Check } from '../../types.ts'
import { chmodCommand, chmodRepair, has, octal, WORLD_READ } from './bits.ts'

export const configReadable: Check = {
  id: 'fs.config.perms_world_readable',
  severity: 'critical',
  title: 'Everybody on this machine can read the configuration',
  why: 'It holds the token, and the tokens of chat networks (S1).',
  find: ({ files }) =>
    files
      .filter(
        (file) =>
          (file.role === 'config' || file.role === 'environment') &&
          file.kind === 'file' &&
          has(file, WORLD_READ),
      )
      .map((file) => ({
        detail: `${file.path} has mode ${octal(file.mode)}`,
        fix: chmodCommand(file),
        repairs: chmodRepair(file),
      })),
}
