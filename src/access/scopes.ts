/** The closed list of what a principal may be allowed to do. */
export const SCOPES = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
] as const
export type Scope = (typeof SCOPES)[number]

export const ALL_SCOPES: readonly Scope[] = SCOPES

/** Admin implies all; write implies read. */
export function holds(scopes: readonly Scope[], required: Scope): boolean {
  if (scopes.includes(required) || scopes.includes('operator.admin')) return true
  return required === 'operator.read' && scopes.includes('operator.write')
}

const WITH_TOOLS: Scope = 'operator.tools'

/** A device that was approved for writing holds the right to use tools too (SPEC 3): what its approval is worth. */
export function deviceScopes(approved: readonly Scope[]): readonly Scope[] {
  if (!approved.includes('operator.write') || holds(approved, WITH_TOOLS)) return approved
  return SCOPES.filter((scope) => scope === WITH_TOOLS || approved.includes(scope))
}

/** Drops whatever is no scope of ours: before comparison, storage and echo (SPEC 3). */
export function knownScopes(names: readonly string[]): readonly Scope[] {
  return SCOPES.filter((scope) => names.includes(scope))
}

/** Requested ∩ granted, where implied scopes count as granted. Nothing requested is nothing. */
export function narrowScopes(
  granted: readonly Scope[],
  requested: readonly Scope[],
): readonly Scope[] {
  return requested.filter((scope) => holds(granted, scope))
}
