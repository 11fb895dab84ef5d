/** Whether several people share one conversation, and read what the others wrote. */
import { counted } from '../../../core/counted.ts'
import type { AuditFacts, Check } from '../../types.ts'

export const dmScopeShared: Check = {
  id: 'sessions.dm_scope_shared',
  severity: 'warning',
  title: 'Several people share one conversation',
  why: 'With dmScope main everybody who writes directly is in the same one: the agent may tell one what another said (S1, SPEC 5).',
  find(facts) {
    const { session } = facts.config
    const people = peopleOf(facts)
    const anybody = facts.accounts.some(({ stranger }) => stranger.direct === 'allowed')
    if (session.dmScope !== 'main' || (people.size < 2 && !anybody)) return []
    const who = anybody
      ? 'everybody on an open network'
      : `${counted(people.size, 'person', 'people')} who may write`
    const detail = `session.dmScope is "main", shared by ${who}`
    return [{ detail, fix: 'openclaw config set session.dmScope per-channel-peer' }]
  },
}

/** By allowFrom and by approval; one whom identityLinks knows on several networks is one. */
function peopleOf({ accounts, senders, config }: AuditFacts): ReadonlySet<string> {
  const allowed = accounts.flatMap(({ channel, allowed: ids }) =>
    ids.map((id) => `${channel}:${id}`),
  )
  const links = Object.entries(config.session.identityLinks)
  const nameOf = (sender: string) =>
    links.find(([, known]) => known.includes(sender))?.[0] ?? sender
  return new Set([...allowed, ...senders.approved].map(nameOf))
}
