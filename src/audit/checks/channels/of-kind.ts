/** The faults of one kind. */
import type { SenderFault } from '../../types.ts'

export function ofKind(
  faults: readonly SenderFault[],
  ...kinds: readonly SenderFault['code'][]
): readonly SenderFault[] {
  return faults.filter(({ code }) => kinds.includes(code))
}
