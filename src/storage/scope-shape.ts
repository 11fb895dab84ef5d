/** Scopes and roles as they stand in files and rows. */
import { z } from 'zod'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'

/** Every scope there is: one that is missing here, or unknown there, does not compile. */
export const scopeShape = z.enum({
  'operator.read': 'operator.read',
  'operator.write': 'operator.write',
  'operator.tools': 'operator.tools',
  'operator.approvals': 'operator.approvals',
  'operator.pairing': 'operator.pairing',
  'operator.admin': 'operator.admin',
} as const satisfies { readonly [S in Scope]: S })

export const roleShape = z.enum({
  operator: 'operator',
  node: 'node',
  webchat: 'webchat',
} as const satisfies { readonly [R in Role]: R })
