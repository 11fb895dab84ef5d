/** Whether a lock file can be locked, and whether somebody sits on the one of the configuration. */
import { basename } from 'node:path'
import type { Check, DoctorFacts } from '../types.ts'

export const locksUsable: Check = {
  id: 'locks.unlockable',
  severity: 'critical',
  title: 'A lock file cannot be locked',
  why: 'Locks are the kernel’s: they vanish with their holder, so none is ever stale (SPEC 1). But the file must be an empty one of ours; what something else wrote there keeps the gateway from starting. `--fix` moves it aside.',
  find: ({ locks }) =>
    locks.flatMap(({ path, state }) =>
      state.kind === 'unlockable'
        ? [
            {
              detail: `${path}: ${state.why}`,
              fix: 'openclaw doctor --fix moves it into recovered/',
              repairs: [{ kind: 'move-aside', path } as const],
            },
          ]
        : [],
    ),
}

export const locksHeld: Check = {
  id: 'locks.held',
  severity: 'warning',
  title: 'A program holds the lock of a file',
  why: 'Whoever changes the configuration or the API keys holds it for milliseconds. One that is held while the doctor looks, and again when it looks a second time, belongs to a program that hangs; others wait ten seconds and give up.',
  find: (facts) => heldLocks(facts),
}

function heldLocks({ locks, gateway }: DoctorFacts) {
  return locks.flatMap(({ path, state }) => {
    // That one is the gateway's for as long as it runs.
    if (state.kind !== 'held' || basename(path) === 'gateway.lock') return []
    const who = state.pid === null ? 'a program' : `pid ${state.pid}`
    const own = gateway.kind === 'running' && gateway.pid === state.pid ? ', the gateway' : ''
    return [
      {
        detail: `${who}${own} holds ${path}`,
        fix: state.pid === null ? 'Find and end it' : `End it if it hangs: kill ${state.pid}`,
      },
    ]
  })
}
