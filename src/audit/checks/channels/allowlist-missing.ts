/** Whether a policy asks for a list that is empty. */
import type { Check } from '../../types.ts'

export const allowlistMissing: Check = {
  id: 'channels.<network>.allowlist_missing',
  severity: 'warning',
  title: 'Only those on a list may write, and the list is empty',
  why: 'Nobody is let in, and whoever is in a hurry opens it to all instead (S1, SPEC 5).',
  find: ({ accounts }) =>
    accounts.flatMap(({ channel, place, nobody, nobodyInGroups }) => [
      ...(nobody ? [{ network: channel, ...missing(`${place}.allowFrom`) }] : []),
      ...(nobodyInGroups ? [{ network: channel, ...missing(`${place}.groupAllowFrom`) }] : []),
    ]),
}

function missing(key: string): { readonly detail: string; readonly fix: string } {
  const fix = `openclaw config set ${key} '["<id>"]': /whoami says a person’s id`
  return { detail: `${key} lets nobody in`, fix }
}
