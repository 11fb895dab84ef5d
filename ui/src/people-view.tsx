/** Who asks, and who may come in: a button in the bar that counts what waits, and a panel under it to decide. */
import { useRef, useState } from 'preact/hooks'
import type { Answer } from './api.ts'
import { DevicesAsking } from './devices-asking.tsx'
import { InviteForm } from './invite-form.tsx'
import { Networks } from './networks.tsx'
import { waitingCount, whyNot } from './people.ts'
import type { PeopleApi } from './people-api.ts'
import { SendersAllowed, SendersAsking } from './senders-lists.tsx'
import { usePeople } from './use-people.ts'

/** Does what was asked for and says what came of it; `done` is what to say when it was done. */
export type Act = <Value>(
  call: Promise<Answer<Value>>,
  done: string | ((value: Value) => string),
) => Promise<boolean>

export function People({ api }: { readonly api: PeopleApi }) {
  const { everybody, failure, refresh } = usePeople(api)
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const waits = everybody === null ? 0 : waitingCount(everybody)
  const act: Act = async (call, done) => {
    setBusy(true)
    const answer = await call
    setBusy(false)
    setSaid(answer.kind === 'ok' ? inWords(done, answer.value) : whyNot(answer))
    // What had the focus is about to go.
    heading.current?.focus()
    refresh()
    return answer.kind === 'ok'
  }
  const opened = ({ newState }: { readonly newState: string }) => {
    setSaid('')
    if (newState === 'open') refresh()
  }
  return (
    <>
      <button type="button" class="people-button" popoverTarget="people">
        People
        {waits > 0 && (
          <span class="people-badge">
            {waits}
            <span class="unseen"> {waits === 1 ? 'request waits' : 'requests wait'}</span>
          </span>
        )}
      </button>
      <section id="people" class="people" popover="auto" aria-label="People" onToggle={opened}>
        <h2 ref={heading} tabIndex={-1}>
          People
        </h2>
        <p class="people-said" role="status">
          {said}
        </p>
        {failure !== null && (
          <p class="people-problem" role="alert">
            This may be out of date. {whyNot(failure)}
          </p>
        )}
        {everybody !== null && (
          <fieldset class="people-all" disabled={busy}>
            <legend class="unseen">Who asks, and who may come in</legend>
            <SendersAsking asking={everybody.asking} api={api} act={act} />
            <DevicesAsking asking={everybody.devices} api={api} act={act} />
            <SendersAllowed allowed={everybody.allowed} api={api} act={act} />
            <InviteForm networks={everybody.networks} api={api} act={act} />
            <Networks networks={everybody.networks} />
          </fieldset>
        )}
      </section>
    </>
  )
}

function inWords<Value>(done: string | ((value: Value) => string), value: Value): string {
  return typeof done === 'string' ? done : done(value)
}
