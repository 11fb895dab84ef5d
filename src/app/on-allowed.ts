/** What counts successes: which client used which token, and when a browser's session was last used. */
import { keySubject, userSubject } from '../access/last-use.ts'
import type { Clock } from '../core/clock.ts'
import type { Gateway } from '../server/gateway.ts'
import type { State } from './state.ts'

const SESSION = 'session:'

export function onAllowed(
  { usage, sessions, lastUse }: Pick<State, 'usage' | 'sessions' | 'lastUse'>,
  clock: Clock,
): Gateway['onAllowed'] {
  return ({ principal, method, class: cls, fingerprint, clientAddress, device }, agent) => {
    if (cls === 'shared' && fingerprint !== null) {
      usage.saw(
        {
          fingerprint,
          address: clientAddress,
          principal: `${principal.kind}:${principal.id}`,
          client: agent,
          device: device?.id ?? '',
        },
        clock(),
      )
    }
    const { kind, id, credentialId } = principal
    if (kind === 'api-key') lastUse.saw(keySubject(id), clock())
    if (kind === 'user') lastUse.saw(userSubject(id), clock())
    if (method === 'session' && credentialId?.startsWith(SESSION) === true)
      sessions.touch(credentialId.slice(SESSION.length), clock())
  }
}

/** A right token that is browned out: whoever shows it is who the rotation forgot. */
export function onTurnedAway(
  { brownout, turnedAway }: Pick<State, 'brownout' | 'turnedAway'>,
  clock: Clock,
): Gateway['onTurnedAway'] {
  return ({ agent, device }, clientAddress) => {
    const fingerprint = brownout.current(clock())?.fingerprint
    if (fingerprint === undefined) return
    turnedAway.saw(
      {
        fingerprint,
        address: clientAddress,
        principal: 'shared:token',
        client: agent,
        device: device?.proof.kind === 'valid' ? device.id : '',
      },
      clock(),
    )
  }
}
