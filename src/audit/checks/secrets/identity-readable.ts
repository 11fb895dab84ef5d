/** Whether others can read the identity that opens the encrypted secrets. */
import type { Check } from '../../types.ts'
import { chmodCommand, chmodRepair, octal } from '../fs/bits.ts'
import { forOthers } from './for-others.ts'

export const identityReadable: Check = {
  id: 'secrets.identity_readable',
  severity: 'critical',
  title: 'Others can read the identity that opens the encrypted secrets',
  why: 'Whoever has it reads `.secrets.age` wherever a copy of that lies (SPEC 8).',
  find: (facts) =>
    facts.files
      .filter((file) => file.role === 'identity' && forOthers(file))
      .map((file) => ({
        detail: `${file.path} has mode ${octal(file.mode)}`,
        fix: chmodCommand(file),
        repairs: chmodRepair(file, facts),
      })),
}
