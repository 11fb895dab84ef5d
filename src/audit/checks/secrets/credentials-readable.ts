/** Whether others can read what `openclaw login` keeps. */
import type { Check } from '../../types.ts'
import { chmodRepair, octal, privateMode } from '../fs/bits.ts'
import { forOthers } from './for-others.ts'

export const credentialsReadable: Check = {
  id: 'secrets.credentials_readable',
  severity: 'critical',
  title: 'Others can read credentials of providers',
  why: 'They can be used from anywhere, and are paid for by you (S1: 0600, the folder 0700).',
  find({ files, stateDir }) {
    const folder = `${stateDir}/credentials`
    const open = files.filter(
      (file) => (file.path === folder || file.path.startsWith(`${folder}/`)) && forOthers(file),
    )
    if (open.length === 0) return []
    const modes = open.map(({ path, mode }) => `${path} has mode ${octal(mode)}`)
    const commands = open.map((file) => `chmod ${privateMode(file).toString(8)} ${file.path}`)
    return [
      { detail: modes.join(', '), fix: commands.join('; '), repairs: open.flatMap(chmodRepair) },
    ]
  },
}
