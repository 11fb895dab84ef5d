/** The change of the configuration that waits beside it, as the doctor is told of it. */
import { locate } from '../config/locate.ts'
import { pendingFileOf, readPending } from '../config/pending-change.ts'
import type { ConfigHost, Variables } from '../config/host-port.ts'
import { harmless } from '../core/harmless.ts'
import type { ChangeFact } from '../doctor/types.ts'

/** Also where the configuration itself cannot be read. */
export async function changeFact(host: ConfigHost, variables: Variables): Promise<ChangeFact> {
  const located = locate({ variables, home: host.home, path: undefined })
  if (located.kind === 'refused') return { kind: 'none' }
  const { file } = located.location
  const found = await readPending(host, file)
  if (found.kind === 'pending') {
    const { keys, undoAt } = found.pending
    return { kind: 'waits', keys: harmless(keys.join(', '), 200), undoAt }
  }
  return found.kind === 'none' ? found : { ...found, path: pendingFileOf(file) }
}
