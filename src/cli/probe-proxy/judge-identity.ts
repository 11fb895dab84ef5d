/** Who callers can say they are: identity headers that the proxy must be the only one to write (SPEC 2.5, 2.6, S4). */
import { critical, good, info, inWords, warning, type Probed, type Verdict } from './verdict.ts'

export function identityVerdicts({ settings, tries: { identity } }: Probed): readonly Verdict[] {
  const { arrival, answer } = identity
  if (arrival === null)
    return [good(`forged identity headers are turned away by the proxy: ${inWords(answer)}`)]
  if (arrival.forged.length === 0)
    return [good('forged identity and Tailscale headers are stripped')]
  const { userHeader, assertionHeader, requiredHeaders, tailscale } = settings
  const came = new Set(arrival.forged)
  const users = [userHeader, assertionHeader].filter((name) => name !== null && came.has(name))
  const required = requiredHeaders.filter((name) => came.has(name))
  const tailnet = arrival.forged.filter((name) => name.startsWith('tailscale-'))
  const others = arrival.forged.filter(
    (name) => !users.includes(name) && !required.includes(name) && !tailnet.includes(name),
  )
  return [
    ...(users.length > 0 ? [anybody(users.join(', '), settings.mode)] : []),
    ...(required.length > 0 ? [provesNothing(required.join(', '))] : []),
    ...(tailnet.length > 0 ? [tailnetForged(tailnet.join(', '), tailscale)] : []),
    ...(others.length > 0 ? [meansNothing(others.join(', '))] : []),
  ]
}

function anybody(names: string, mode: string): Verdict {
  const said = {
    detail: `a forged ${names} arrives, and names the user`,
    fix: 'Let the proxy set it on every request, to nothing where nobody is logged in: proxy_set_header (nginx), RequestHeader set (Apache)',
  }
  return mode === 'trusted-proxy'
    ? critical('proxy.identity_forged', 'Anybody can be any user', said)
    : warning('proxy.identity_forged', 'Anybody could be any user in mode trusted-proxy', said)
}

function provesNothing(names: string): Verdict {
  return warning('proxy.required_forged', 'A required header proves nothing', {
    detail: `${names} of gateway.auth.trustedProxy.requiredHeaders arrives as a stranger wrote it`,
    fix: 'Let the proxy set it on every request',
  })
}

function tailnetForged(names: string, on: boolean): Verdict {
  const said = {
    detail: `${names}: the gateway looks the address up before it believes them`,
    fix: 'Strip Tailscale-* at this proxy: only Tailscale itself may write them',
  }
  return on
    ? warning('proxy.tailscale_unstripped', 'Forged Tailscale headers arrive', said)
    : info('proxy.tailscale_unstripped', 'Forged Tailscale headers arrive', said)
}

function meansNothing(names: string): Verdict {
  return info('proxy.identity_unstripped', 'Forged identity headers arrive', {
    detail: `${names}: they mean nothing to this gateway`,
    fix: 'Strip them where other programs stand behind the same proxy, or before you set userHeader to one',
  })
}
