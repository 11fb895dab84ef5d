/** Whether others can change the state dir. */
import type { Check } from '../../types.ts'
import { chmodCommand, chmodRepair, has, octal, WORLD_WRITE } from './bits.ts'

export const stateDirWritable: Check = {
  id: 'fs.state_dir.perms_world_writable',
  severity: 'critical',
  title: 'Everybody on this machine can change the state dir',
  why: 'Whoever can replace a file of the gateway can let themselves in (S1).',
  find: ({ files }) =>
    files
      .filter((file) => file.role === 'state-dir' && has(file, WORLD_WRITE))
      .map((file) => ({
        detail: `${file.path} has mode ${octal(file.mode)}`,
        fix: chmodCommand(file),
        repairs: chmodRepair(file),
      })),
}
