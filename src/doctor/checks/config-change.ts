/** A change of the configuration that waits to be undone, or should have been. */
import type { Check, DoctorFacts } from '../types.ts'

const UNDOES_WITHIN_MS = 10_000

export const configChange: Check = {
  id: 'config.change_waits',
  severity: 'warning',
  title: 'A change of the configuration waits to be undone, or cannot be',
  why: 'What `openclaw config set --confirm` keeps beside the file is what the change is undone by. A gateway that runs does it at its time, a start before it lets anybody in; what is kept and cannot be read undoes nothing.',
  find(facts) {
    const { change } = facts
    if (change.kind === 'none') return []
    if (change.kind === 'unusable')
      return [
        {
          detail: `${change.why}: no change can be undone by it`,
          fix: 'Is the configuration as you want it? openclaw doctor --fix moves it aside',
          repairs: [{ kind: 'move-aside', path: change.path } as const],
        },
      ]
    const late = facts.now - change.undoAt
    if (late < UNDOES_WITHIN_MS)
      return [
        {
          severity: 'info' as const,
          detail: `a change of ${change.keys} waits until ${dateOf(change.undoAt)} to be undone`,
          fix: 'openclaw config confirm keeps it',
        },
      ]
    const detail = `a change of ${change.keys} was to be undone at ${dateOf(change.undoAt)}`
    return [{ detail, fix: fixOf(facts) }]
  },
}

function fixOf({ gateway }: DoctorFacts): string {
  return gateway.kind === 'running'
    ? 'The log says why the gateway could not: openclaw logs gateway; openclaw gateway restart tries it again'
    : 'The next start undoes it'
}

function dateOf(at: number): string {
  return new Date(at).toISOString()
}
