/** Whether a policy says open and is not. */
import { problemText } from '../../../config/problem.ts'
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const dmOpenWithoutWildcard: Check = {
  id: 'channels.<network>.dm.open_without_wildcard',
  severity: 'warning',
  title: 'dmPolicy is "open", and works as "locked"',
  why: 'It opens on the day that somebody adds "*" for another reason (SPEC 5). --fix writes what holds now: "locked".',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'open_without_wildcard').map((fault) => ({
      network: fault.channel,
      detail: problemText(fault),
      fix: `openclaw config set ${fault.key}.dmPolicy locked`,
      repairs: [{ kind: 'set', key: `${fault.key}.dmPolicy`, value: 'locked' }],
    })),
}
