/** Whether others can read what `openclaw login` keeps. */
import type { Check } from '../../types.ts'
import { chmodCommand, chmodRepair, octal } from '../fs/bits.ts'
import { forOthers } from './for-others.ts'

export const credentialsReadable: Check = {
  id: 'secrets.credentials_readable',
  severity: 'critical',
  title: 'Others can read credentials of providers',
  why: 'They can be used from anywhere, and are paid for by you (S1: 0600, the folder 0700).',
  find(facts) {
    const folder = `${facts.stateDir}/credentials`
    const open = facts.files.filter(
      (file) => (file.path === folder || file.path.startsWith(`${folder}/`)) && forOthers(file),
    )
    if (open.length === 0) return []
    const modes = open.map(({ path, mode }) => `${path} has mode ${octal(mode)}`)
    const repairs = open.flatMap((file) => chmodRepair(file, facts))
    return [{ detail: modes.join(', '), fix: open.map(chmodCommand).join('; '), repairs }]
  },
}
