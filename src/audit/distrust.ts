/** What settings that somebody else could have written lead to: nothing of it is repaired as if it were the gateway's. */
import type { AuditFacts } from './types.ts'

/** Outside the state dir, where only the settings say that it is ours. */
export function namedByOthers(
  path: string,
  { distrusted, stateDir, configFile }: Pick<AuditFacts, 'distrusted' | 'stateDir' | 'configFile'>,
): boolean {
  const own = path === stateDir || path === configFile || path.startsWith(`${stateDir}/`)
  return distrusted.files.length > 0 && !own
}
