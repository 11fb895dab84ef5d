/** Whether the list of owners names somebody who cannot be. */
import { problemText } from '../../../config/problem.ts'
import type { Check } from '../../types.ts'
import { ofKind } from './of-kind.ts'

export const ownerUnknown: Check = {
  id: 'channels.owner_unknown',
  severity: 'warning',
  title: 'An owner in chat is nobody',
  why: 'Commands of the owner work for ids alone (SPEC 5): a name is nobody, and stays so.',
  find: ({ senderFaults }) =>
    ofKind(senderFaults, 'owner_unknown').map((fault) => ({
      detail: problemText(fault),
      fix: 'openclaw config set commands.ownerAllowFrom \'["telegram:<id>"]\'',
    })),
}
