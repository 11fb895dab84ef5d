/** Whether somebody may try secrets so often that the limit is none. */
import type { Check } from '../../types.ts'

const HOUR_MS = 3_600_000
/** One a second: S0 allows 20 a minute, and the default 120 an hour. */
const MOST_AN_HOUR = 3_600

export const authNoRateLimit: Check = {
  id: 'gateway.auth_no_rate_limit',
  severity: 'warning',
  title: 'Wrong credentials are hardly limited',
  why: 'The limit is on by default and has no switch (S1, SPEC 2.4), but its numbers can be set so high that guessing goes on as if there were none.',
  find({ config, open }) {
    const { maxAttempts, windowMs, lockoutMs } = config.gateway.auth.rateLimit
    const anHour = Math.round((maxAttempts * HOUR_MS) / Math.max(windowMs, lockoutMs))
    if (!open || anHour <= MOST_AN_HOUR) return []
    const detail = `one address may try ${anHour} credentials an hour (gateway.auth.rateLimit)`
    return [{ detail, fix: 'openclaw config unset gateway.auth.rateLimit' }]
  },
}
