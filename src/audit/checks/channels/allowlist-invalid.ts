/** Whether an entry of a list can be nobody on that network. */
import { problemText } from '../../../config/problem.ts'
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const allowlistInvalid: Check = {
  id: 'channels.<network>.allowlist_invalid',
  severity: 'warning',
  title: 'An entry of a list lets nobody in',
  why: 'It is no id of that network, or a name where only ids count (SPEC 5): who is meant is not let in.',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'invalid_entry', 'name_in_group').map((fault) => ({
      network: fault.channel,
      detail: problemText(fault),
      fix: 'Write the id as the network has it; /whoami says it',
    })),
}
