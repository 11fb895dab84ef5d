/** What the answers and what arrived say about the proxy: a pure function of both. */
import { forwardingVerdicts } from './judge-forwarding.ts'
import { identityVerdicts } from './judge-identity.ts'
import { surfaceVerdicts } from './judge-surface.ts'
import { critical, type Probed, type Verdict } from './verdict.ts'

export function judgeProxy(probed: Probed): readonly Verdict[] {
  const { plain } = probed.tries
  if (plain.arrival === null) return [unreached(probed)]
  return [
    ...surfaceVerdicts(probed, plain.arrival),
    ...forwardingVerdicts(probed, plain.arrival),
    ...identityVerdicts(probed),
  ]
}

function unreached({ url, tries: { plain } }: Probed): Verdict {
  const { answer } = plain
  if (answer.kind === 'silent')
    return critical('proxy.unreached', 'The address does not answer', {
      detail: `${url.origin}: ${answer.why}`,
      fix: 'Is the name right, the proxy running, its certificate valid? NODE_EXTRA_CA_CERTS names an authority of your own',
    })
  const to = answer.location === null ? '' : ` and leads to ${answer.location}`
  return critical('proxy.unreached', 'Nothing of what was sent arrived at this gateway', {
    detail: `${url.origin} answers ${answer.status}${to}`,
    fix: 'Does it lead to this gateway? Where the proxy logs people in first, pass what it wants with --header, such as its cookie',
  })
}
