/** What a caller who was let in a while ago rests on, and whether it is there yet (SPEC 1, R44, R45). */
import type { Gateway } from './gateway.ts'
import type { Allowed } from './outcome.ts'

/** Their end may come by time alone: keys and approvals expire, and sessions fall asleep. */
export function endsByTime({ method, device }: Allowed, gateway: Gateway): boolean {
  if (method === 'api-key' || method === 'session') return true
  if (device === null) return false
  // As the approval is now: it may have got an end since this caller came.
  const grants = gateway.access().devices.find(device.id)?.grants ?? []
  return grants.some(({ role, expiresAt }) => role === device.role && expiresAt !== null)
}
