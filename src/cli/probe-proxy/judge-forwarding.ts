/** Whom callers are taken for: whether the proxy says so, and whether they could say it themselves (SPEC 2.1, R25, R34). */
import { critical, good, info, inWords, warning, type Probed, type Verdict } from './verdict.ts'
import type { Arrival } from './types.ts'

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

export function forwardingVerdicts(probed: Probed, plain: Arrival): readonly Verdict[] {
  const evidence = evidenceOf(plain)
  return evidence.kind === 'good'
    ? [evidence, trust(plain), ...forged(probed)]
    : [evidence, ...forged(probed)]
}

/** Of a request into which nobody wrote anything. */
function evidenceOf({ forwarding, peer, host }: Arrival): Verdict {
  if (forwarding.length > 0)
    return good(`the proxy says that it forwards: ${forwarding.join(', ')}`)
  if (peer.loopback && LOCAL_HOST.test(host))
    return critical(
      'proxy.looks_local',
      'Whoever comes through the proxy looks like this host’s owner',
      {
        detail: `a request from outside arrives from ${peer.address} for ${host}, and nothing on it says that it was forwarded`,
        fix: 'Let the proxy set X-Forwarded-For, and pass Host on; until then gateway.auth.allowLocalDirect must be false',
      },
    )
  return warning('proxy.unmarked', 'The proxy does not say for whom it forwards', {
    detail: `everybody is ${peer.address} to the gateway: one who guesses locks out all`,
    fix: 'Let the proxy set X-Forwarded-For: docs/behind-a-proxy.md has it for each proxy',
  })
}

function trust({ peer, hops, clientAddress, malformed }: Arrival): Verdict {
  if (malformed !== null)
    return warning('proxy.malformed', 'What the proxy forwards cannot be judged', {
      detail: malformed,
      fix: 'The answer is 400 for everybody: openclaw logs auth shows them',
    })
  if (!peer.trusted)
    return warning('proxy.untrusted', 'The gateway was not told of this proxy', {
      detail: `its X-Forwarded-For is not followed: everybody is ${peer.address}`,
      fix: `openclaw config set gateway.trustedProxies '["${peer.address}"]'`,
    })
  if (hops === 0)
    return warning('proxy.no_client', 'The proxy does not name its clients', {
      detail: 'X-Forwarded-For does not arrive, and no other header counts (SPEC 2.1)',
      fix: 'Let the proxy set X-Forwarded-For',
    })
  return good(`callers are attributed to ${clientAddress ?? 'nobody'}`)
}

function forged({ forgedAddress, tries: { forwarding } }: Probed): readonly Verdict[] {
  const { arrival, answer } = forwarding
  if (arrival === null)
    return [good(`forged forwarding headers are turned away by the proxy: ${inWords(answer)}`)]
  const others = arrival.forged.filter((name) => name !== 'x-forwarded-for')
  return [
    clientOf(arrival, forgedAddress),
    ...(others.length === 0
      ? [good('other forged forwarding headers are stripped')]
      : [unstripped(others)]),
  ]
}

function clientOf(
  { clientAddress, forged: names, hops, peer }: Arrival,
  forgedAddress: string,
): Verdict {
  const came = names.includes('x-forwarded-for')
  if (clientAddress === forgedAddress)
    return critical('proxy.client_forged', 'Anybody can name the address they come from', {
      detail: `a forged X-Forwarded-For counts: locks and records are about whomever a caller names`,
      fix: 'Let the proxy append or set X-Forwarded-For itself, and list in gateway.trustedProxies its own addresses alone',
    })
  if (!came) return good('a forged X-Forwarded-For is replaced')
  if (hops > 1) return good('a forged X-Forwarded-For is appended to: what the proxy wrote counts')
  return warning('proxy.client_passed', 'A forged X-Forwarded-For passes as it came', {
    detail: `the proxy at ${peer.address} adds nothing to it; it only does not count because the proxy is not in gateway.trustedProxies`,
    fix: 'Let the proxy append or set X-Forwarded-For before you trust it',
  })
}

/** Nothing here goes by them; other programs behind the same proxy may. */
function unstripped(names: readonly string[]): Verdict {
  return info('proxy.forwarding_unstripped', 'Forged forwarding headers arrive', {
    detail: `${names.join(', ')}: this gateway attributes nobody by them`,
    fix: 'Strip them where other programs stand behind the same proxy',
  })
}
