/** Whether a list says everybody and the policy does not. */
import { problemText } from '../../../config/problem.ts'
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const dmWildcardWithoutOpen: Check = {
  id: 'channels.<network>.dm.wildcard_without_open',
  severity: 'info',
  title: '"*" stands in allowFrom, and lets nobody in',
  why: 'It counts for dmPolicy "open" alone (SPEC 5), and opens the network on the day that the policy is changed.',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'wildcard_without_open').map((fault) => ({
      network: fault.channel,
      detail: problemText(fault),
      fix: `Take "*" out of ${fault.key}.allowFrom`,
    })),
}
