/** Whether a list names people by a name that changes hands. */
import type { Check } from '../../types.ts'

export const allowlistUnpinnedNames: Check = {
  id: 'channels.<network>.allowlist_unpinned_names',
  severity: 'warning',
  title: 'A name in a list is nobody’s yet',
  why: 'Whoever bears it first asks, and your approval pins their id: until then it lets nobody in, and anybody who takes the name can ask (S1, SPEC 5).',
  find: ({ senders }) =>
    senders.unpinned.map(({ channel, place, name }) => ({
      network: channel,
      detail: `${place}: "${name}" is pinned to no id`,
      fix: 'Write the id instead; /whoami says it',
    })),
}
