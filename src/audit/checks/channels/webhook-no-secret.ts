/** Whether an account lacks the secret without which anybody could speak in the network's name. */
import type { Check } from '../../types.ts'

export const webhookNoSecret: Check = {
  id: 'channels.<network>.webhook_no_secret',
  severity: 'warning',
  title: 'An account lacks what proves that the network calls',
  why: 'Without its token or the secret of its webhook anybody could write in anybody’s name; the account does not run (SPEC 5).',
  find: ({ accounts }) =>
    accounts.flatMap(({ channel, place, problem }) =>
      problem === null
        ? []
        : [
            {
              network: channel,
              detail: `${place} does not run: ${problem}`,
              fix: `Set it below ${place}: openclaw config set ${place}.<name> …`,
            },
          ],
    ),
}
