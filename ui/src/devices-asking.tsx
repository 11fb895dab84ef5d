/** Devices that ask to be approved, with what an approval would give them. */
import { givenBy, type DeviceAsking } from './people.ts'
import type { Decision, PeopleApi } from './people-api.ts'
import { Chosen, Decide, Moment, PeopleList } from './people-parts.tsx'
import type { Act } from './people-view.tsx'

interface DevicesProps {
  readonly asking: readonly DeviceAsking[]
  readonly api: PeopleApi
  readonly act: Act
}

const SHORT = 12

export function DevicesAsking({ asking, api, act }: DevicesProps) {
  const decide = (one: DeviceAsking, decision: Decision) => {
    const whom = `Device ${one.deviceId.slice(0, SHORT)}`
    const done =
      decision === 'approve' ? `${whom} may connect: it comes by itself.` : `${whom} was rejected.`
    return act(api.answerDevice(one.requestId, decision), done)
  }
  return (
    <PeopleList title="Devices that ask" none="No device asks.">
      {asking.map((one) => (
        <li key={one.requestId}>
          <p>
            Device <code>{one.deviceId.slice(0, SHORT)}</code>
            {one.name !== '' && (
              <>
                , says it is <Chosen text={one.name} />
              </>
            )}
          </p>
          <p class="people-facts">
            <Chosen text={one.client} />
            {one.address !== '' && (
              <>
                {' '}
                from <code>{one.address}</code>
              </>
            )}
            , as <b>{one.role}</b>
            {one.scopes.length > 0 && `: ${one.scopes.map(withoutPrefix).join(', ')}`}
          </p>
          <p>
            An approval lets it {givenBy(one)}.{one.again && ' It is known here and asks again.'}
          </p>
          <p class="people-facts">
            Asked <Moment at={one.askedAt} />, lapses <Moment at={one.lapsesAt} />
          </p>
          <Decide
            whom={`device ${one.deviceId.slice(0, SHORT)}`}
            onDecide={(decision) => void decide(one, decision)}
          />
        </li>
      ))}
    </PeopleList>
  )
}

function withoutPrefix(scope: string): string {
  return scope.replace(/^operator\./, '')
}
