/** Whether secrets lie in a plain `.secrets`. */
import type { Check } from '../../types.ts'
import { chmodRepair, octal } from '../fs/bits.ts'
import { forOthers } from './for-others.ts'

export const plainFile: Check = {
  id: 'secrets.plain_file',
  severity: 'critical',
  title: 'Secrets lie in a plain file',
  why: 'Whoever reads the state dir, a backup of it or its version control reads them; `.secrets.age` says nothing without its identity (S2, SPEC 8). It is critical where other users of this machine can read it, else a warning.',
  find: (facts) =>
    facts.files
      .filter(({ path, kind }) => path === `${facts.stateDir}/.secrets` && kind === 'file')
      .map((file) => {
        const open = forOthers(file)
        return {
          ...(!open && { severity: 'warning' as const }),
          detail: `${file.path} is not encrypted (mode ${octal(file.mode)})`,
          fix: 'openclaw secrets init, once; then openclaw secrets encrypt',
          repairs: open ? chmodRepair(file, facts) : [],
        }
      }),
}
