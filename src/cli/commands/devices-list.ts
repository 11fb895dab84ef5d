/** `openclaw devices list`: who asks to be let in, and who is (SPEC 4). */
import { DEVICE_LIST, waitingDevices, type DeviceList } from '../devices.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { showKnown, showWaiting } from '../show-devices.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

export const devicesList: Command = {
  name: 'devices list',
  summary: 'Which devices wait for an approval, and which are approved for what.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw devices list',
      does: 'first who waits, by request; then who is approved, by device',
    },
    { line: 'openclaw devices list --json', does: 'the same for scripts: { pending, paired }' },
  ],
  async run(args, context) {
    return showAnswer({ ...DEVICE_LIST, show: print }, args, context)
  },
}

function print({ pending, paired }: DeviceList, context: Context): void {
  if (pending.length > 0) {
    showWaiting(waitingDevices('devices list', pending), context)
    line(context, 'let one in with `openclaw devices approve <request>`')
  } else line(context, 'nobody waits for an approval')
  context.stdout('\n')
  if (paired.length > 0) showKnown(paired, context)
  else line(context, 'no device is approved; `openclaw qr` makes a code for one')
}
