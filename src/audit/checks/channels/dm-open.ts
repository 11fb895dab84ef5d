/** Whether strangers may write to the agents. */
import type { Check } from '../../types.ts'

export const dmOpen: Check = {
  id: 'channels.<network>.dm.open',
  severity: 'critical',
  title: 'Everybody on this network may write to the agents',
  why: 'What a stranger writes reaches an agent with your tools and, with dmScope main, your conversation (S1, SPEC 5). Asked of the code that admits senders, with somebody whom nobody knows.',
  find: ({ accounts }) =>
    accounts
      .filter(({ stranger }) => stranger.direct === 'allowed')
      .map(({ channel, place }) => ({
        network: channel,
        detail: `${place}: somebody whom nobody approved is heard (dmPolicy "open", "*" in allowFrom)`,
        fix: `openclaw config set ${place}.dmPolicy pairing`,
      })),
}
