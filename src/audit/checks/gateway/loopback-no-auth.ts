/** Whether callers on this host need no credential: the owner's own programs alone, or anybody's. */
import { waysIn } from '../../ways-in.ts'
import type { Check } from '../../types.ts'

const FIX = 'openclaw config set gateway.auth.mode token: the gateway makes a token when it starts'

export const loopbackNoAuth: Check = {
  id: 'gateway.loopback_no_auth',
  severity: 'critical',
  title: 'Callers on this host need no credential',
  why: 'Mode none lets in every program of the owner, an agent’s too (SPEC 2.2). It is critical where other users of this host get in as well: asked of the decision code for a caller that is not the owner.',
  find(facts) {
    const others = waysIn(facts).find(
      ({ from, shows }) => from === 'this-host' && shows !== 'forged proxy',
    )
    if (others !== undefined) {
      const detail = `another user of this host is ${others.decided.principal}`
      return [{ detail, fix: FIX }]
    }
    const own = facts.decide({ peer: '127.0.0.1' })
    if (own.kind === 'refused' || facts.rules.mode !== 'none') return []
    const detail = `gateway.auth.mode is "none": every program that runs as uid ${facts.uid} is ${own.principal}`
    return [{ severity: 'warning', detail, fix: FIX }]
  },
}
