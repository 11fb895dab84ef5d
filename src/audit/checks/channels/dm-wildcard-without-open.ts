/** Whether a list says everybody and the policy does not. */
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const dmWildcardWithoutOpen: Check = {
  id: 'channels.<network>.dm.wildcard_without_open',
  severity: 'info',
  title: '"*" stands in allowFrom, and lets nobody in',
  why: 'It counts for dmPolicy "open" alone (SPEC 5), and opens the network on the day that the policy is changed.',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'wildcard_without_open').map(({ channel, place, text }) => ({
      network: channel,
      detail: text,
      fix: `Take "*" out of ${place}.allowFrom`,
    })),
}
