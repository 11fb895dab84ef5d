/** The lists of who asks and who may come in, as a view uses them: read at once, and again at each change. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Answer } from './api.ts'
import { whileAttended } from './attention.ts'
import type { Everybody } from './people.ts'
import type { PeopleApi } from './people-api.ts'
import { oneAtATime, watchPeople } from './people-watch.ts'

export interface KnownPeople {
  /** `null`: not read yet. The last that was read, where reading fails later. */
  readonly everybody: Everybody | null
  readonly failure: Exclude<Answer<never>, { kind: 'ok' }> | null
  readonly refresh: () => void
}

/** A request that lapses is told by nobody. Not more often: the clock of this machine may be wrong. */
const LEAST_BETWEEN_MS = 30_000

export function usePeople(api: PeopleApi): KnownPeople {
  const [known, setKnown] = useState<Omit<KnownPeople, 'refresh'>>({
    everybody: null,
    failure: null,
  })
  const refresh = useMemo(
    () =>
      oneAtATime(async () => {
        const answer = await api.everybody()
        setKnown((before) =>
          answer.kind === 'ok'
            ? { everybody: answer.value, failure: null }
            : { ...before, failure: answer },
        )
      }),
    [api],
  )
  useEffect(
    () =>
      whileAttended((signal) => {
        void watchPeople({ changes: (until) => api.changes(until), refresh, pause }, signal)
      }),
    [api, refresh],
  )
  const { everybody } = known
  useEffect(() => {
    const lapses = [...(everybody?.asking ?? []), ...(everybody?.devices ?? [])]
    if (lapses.length === 0) return undefined
    const next = Math.min(...lapses.map(({ lapsesAt }) => lapsesAt)) - Date.now() + 1_000
    const timer = setTimeout(refresh, Math.max(LEAST_BETWEEN_MS, next))
    return () => clearTimeout(timer)
  }, [everybody, refresh])
  return { ...known, refresh }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
