/** Whether a policy says open and is not. */
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const dmOpenWithoutWildcard: Check = {
  id: 'channels.<network>.dm.open_without_wildcard',
  severity: 'warning',
  title: 'dmPolicy is "open", and works as "locked"',
  why: 'It opens on the day that somebody adds "*" for another reason (SPEC 5). --fix writes what holds now: "locked".',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'open_without_wildcard').map(({ channel, place, text }) => ({
      network: channel,
      detail: text,
      fix: `openclaw config set ${place}.dmPolicy locked`,
      repairs: [{ kind: 'set', key: `${place}.dmPolicy`, value: 'locked' }],
    })),
}
