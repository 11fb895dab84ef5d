/** Roles as the wire names them. */
import type { Role } from '../access/types.ts'

/** `control` is what S0 calls an operator. `null`: no role. */
export function knownRole(name: string): Role | null {
  if (name === 'operator' || name === 'control') return 'operator'
  return name === 'node' || name === 'webchat' ? name : null
}
