/** What a change of the configuration would come to, without making it. */
import type { ConfigHost } from './host-port.ts'
import { editConfig, type Edited, type Plan } from './edit.ts'
import type { LoadRequest, Refused } from './gather.ts'

export interface DryEdited {
  readonly edited: Edited | Refused
  /** The file as it would then be; `null` where nothing would be written. */
  readonly text: string | null
}

/** The very edit, on a host that keeps to itself what it is told to write. */
export async function dryEdit(
  request: Omit<LoadRequest, 'missing'>,
  plan: Plan,
): Promise<DryEdited> {
  const kept: { text: string | null } = { text: null }
  const host: ConfigHost = {
    ...request.host,
    async write(path, text) {
      if (!path.endsWith('.bak')) kept.text = text.toString()
      return { kind: 'written' }
    },
    remove: async () => ({ kind: 'written' }),
    makeFolder: async () => ({ kind: 'written' }),
    lock: async () => ({ kind: 'held', release: () => {} }),
  }
  const edited = await editConfig({ ...request, host }, plan)
  return { edited, text: kept.text }
}
