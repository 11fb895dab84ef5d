/** What `whois` answers, from the command and from the local API alike, and who that is. */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import type { TailnetAnswer } from '../access/types.ts'

/** The members we use of `apitype.WhoIsResponse`. */
const WHOIS = z.object({
  Node: z.object({ Tags: z.array(z.string()).nullish() }),
  UserProfile: z.object({ LoginName: z.string().trim().min(1), DisplayName: z.string().nullish() }),
})

/** A tagged machine belongs to nobody: Serve sends no identity for it, and its profile is a placeholder. */
export function parseWhois(text: string): TailnetAnswer {
  const parsed = WHOIS.safeParse(jsonOf(text))
  if (!parsed.success)
    return { kind: 'unavailable', detail: 'the answer to whois has no user in it' }
  const { Node: node, UserProfile: profile } = parsed.data
  if ((node.Tags ?? []).length > 0) return { kind: 'unknown-address' }
  return {
    kind: 'user',
    login: profile.LoginName,
    displayName: profile.DisplayName ?? profile.LoginName,
  }
}
