/** Whether a rotation was begun and never ended, so that the old token is still valid. */
import { counted } from '../../../core/counted.ts'
import type { AuditFacts, Check } from '../../types.ts'

const DAY_MS = 86_400_000
const MOST_DAYS = 14
const KEY = 'gateway.auth.tokenSecondary'

export const rotationStale: Check = {
  id: 'gateway.rotation_stale',
  severity: 'warning',
  title: 'Two tokens are valid, and have been for long',
  why: 'During a rotation both count (S3, SPEC 2.9); left so, the one that was to go is never gone. Its age is at least that of the last change of the file it stands in: nothing else is known of one that comes from elsewhere, and that is not reported.',
  find(facts) {
    const days = daysBoth(facts)
    if (days === null || days <= MOST_DAYS) return []
    const detail = `${KEY} is there beside gateway.auth.token, for ${counted(days, 'day')} or more`
    const fix =
      'openclaw token status shows who still uses the old one; openclaw token promote drops it'
    return [{ detail, fix }]
  },
}

/** Whole days; `null` where there is one token, or nobody can tell since when there are two. */
function daysBoth({ config, offers, files, now }: AuditFacts): number | null {
  const file = files.find(({ role }) => role === 'config')
  if (config.gateway.auth.tokenSecondary === undefined || file === undefined) return null
  if (offers(KEY)[0]?.from !== 'config') return null
  const changedAt = (file.target ?? file).changedAt
  return Math.floor((now - changedAt) / DAY_MS)
}
