/** The faults of one kind. */
import type { SenderFault } from '../../types.ts'

export function ofKind(
  faults: readonly SenderFault[],
  ...kinds: readonly SenderFault['kind'][]
): readonly SenderFault[] {
  return faults.filter(({ kind }) => kinds.includes(kind))
}
