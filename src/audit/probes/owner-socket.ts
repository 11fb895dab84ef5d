/** Who may open the owner’s socket. */
import { shellWord } from '../../core/shell-word.ts'
import type { Probe } from './types.ts'

export const ownerSocket: Probe = {
  id: 'deep.owner_socket',
  severity: 'critical',
  title: 'Others may use the owner’s socket',
  why: 'Whoever opens it is the owner, with everything that an administrator may (SPEC 1, 2.3): it is for the gateway’s user alone.',
  judge: ({ ownerSocket: socket, audit: { uid } }) => {
    if (socket === null) return []
    const { path, mode } = socket
    const faults = [
      ...((mode & 0o077) === 0 ? [] : [`has mode ${mode.toString(8)}`]),
      ...(socket.uid === uid || uid === 0 ? [] : [`belongs to uid ${socket.uid}`]),
    ]
    if (faults.length === 0) return []
    return [
      {
        detail: `${path} ${faults.join(' and ')}`,
        fix: `chmod 600 ${shellWord(path)}, then: openclaw gateway restart`,
      },
    ]
  },
}
