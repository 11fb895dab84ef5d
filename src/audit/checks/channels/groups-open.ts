/** Whether strangers may speak to the agents in groups. */
import type { AccountFact, Check } from '../../types.ts'

export const groupsOpen: Check = {
  id: 'channels.<network>.groups.open',
  severity: 'warning',
  title: 'Everybody in a group may speak to the agents',
  why: 'Whoever adds the bot to a group, or joins one that you named, is heard where they mention it (S1, SPEC 5). Asked of the code that admits senders, with somebody whom nobody knows.',
  find: ({ accounts }) =>
    accounts.flatMap((account) => {
      const where = whereHeard(account)
      if (where === null) return []
      const { channel, place } = account
      return [
        {
          network: channel,
          detail: `${place}: a stranger is heard in ${where}`,
          fix: fixFor(place),
        },
      ]
    }),
}

function whereHeard({ stranger }: AccountFact): string | null {
  if (stranger.anyGroup === 'allowed') return 'any group (groupPolicy "open")'
  return stranger.ownGroup === 'allowed' ? 'your groups ("*" in groupAllowFrom)' : null
}

function fixFor(place: string): string {
  return `openclaw config set ${place}.groupPolicy allowlist, and the people’s ids in ${place}.groupAllowFrom`
}
