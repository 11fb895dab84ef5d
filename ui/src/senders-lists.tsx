/** People on chat networks: who asks to write, and who may. */
import { nameOf, type SenderAllowed, type SenderAsking } from './people.ts'
import type { Decision, PeopleApi } from './people-api.ts'
import { Chosen, Decide, Moment, PeopleList } from './people-parts.tsx'
import type { Act } from './people-view.tsx'

interface Deciding {
  readonly api: PeopleApi
  readonly act: Act
}

export function SendersAsking({
  asking,
  api,
  act,
}: Deciding & { readonly asking: readonly SenderAsking[] }) {
  const decide = (one: SenderAsking, decision: Decision) =>
    act(api.answerSender(one.requestId, decision), ({ told }) =>
      decision === 'approve' ? letIn(nameOf(one), told) : `${nameOf(one)} was turned down.`,
    )
  return (
    <PeopleList title="Ask to write" none="Nobody asks.">
      {asking.map((one) => (
        <li key={one.requestId}>
          <p>
            <Chosen text={one.name} />
          </p>
          <p class="people-facts">
            <code>{nameOf(one)}</code>, code <code>{one.code}</code>
          </p>
          <p class="people-facts">
            Asked <Moment at={one.askedAt} />, lapses <Moment at={one.lapsesAt} />
          </p>
          {one.entry !== null && (
            <p class="people-facts">
              Bears the name <Chosen text={one.entry} /> of allowFrom: an approval ties it to this
              id.
            </p>
          )}
          <Decide whom={nameOf(one)} onDecide={(decision) => void decide(one, decision)} />
        </li>
      ))}
    </PeopleList>
  )
}

function letIn(name: string, told: boolean): string {
  return `${name} may write now, and is ${told ? 'told' : 'not told: tell them'}.`
}

export function SendersAllowed({
  allowed,
  api,
  act,
}: Deciding & { readonly allowed: readonly SenderAllowed[] }) {
  return (
    <PeopleList title="May write" none="Nobody by an approval; allowFrom is not listed here.">
      {allowed.map((one) => (
        <li key={nameOf(one)}>
          <p>
            <Chosen text={one.name} />
          </p>
          <p class="people-facts">
            <code>{nameOf(one)}</code>,{' '}
            {one.until === null ? (
              'for good'
            ) : (
              <>
                until <Moment at={one.until} />
              </>
            )}
          </p>
          <p class="people-deeds">
            <button
              type="button"
              class="button"
              aria-label={`Revoke ${nameOf(one)}`}
              onClick={() => void act(api.revoke(one), `${nameOf(one)} may not write any more.`)}
            >
              Revoke
            </button>
          </p>
        </li>
      ))}
    </PeopleList>
  )
}
