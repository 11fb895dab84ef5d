/** Without a gateway there is nothing to try. */
import type { Probe } from './types.ts'

export const NOT_RUNNING: Pick<Probe, 'id' | 'severity' | 'title' | 'why'> = {
  id: 'deep.not_running',
  severity: 'info',
  title: 'No gateway was tried',
  why: 'None runs on this state dir, or it does not say yet where: what `--deep` looks at is to be seen of a running one alone.',
}
