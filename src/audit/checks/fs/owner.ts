/** Whether files belong to somebody else, who may change them at any time. */
import { shellWord } from '../../../core/shell-word.ts'
import type { Check } from '../../types.ts'
import { judged } from './bits.ts'

const ROOT = 0

export const foreignOwner: Check = {
  id: 'fs.owned_by_other',
  severity: 'critical',
  title: 'A file of the gateway belongs to another user',
  why: 'Its owner may change it whatever its permissions are (SPEC 1). root may anyway.',
  find({ files, uid }) {
    const foreign = files.filter((file) => ![uid, ROOT].includes(judged(file).uid))
    const [first] = foreign
    if (first === undefined) return []
    const { path, uid: owner } = judged(first)
    const more =
      foreign.length === 1
        ? ''
        : `, and ${foreign.length - 1} more ${foreign.length === 2 ? 'is' : 'are'} not ours`
    return [
      {
        detail: `${path} belongs to uid ${owner}${more}`,
        fix: `Look at what is in it, then: chown ${uid} ${shellWord(path)}`,
      },
    ]
  },
}
