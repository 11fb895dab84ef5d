/** Whether somebody without any credential gets in, or would where the configuration had its way. */
import type { AuditFacts, Check, Found } from '../../types.ts'
import { waysIn } from '../../ways-in.ts'

const NO_AUTH: ReadonlySet<string> = new Set(['none_exposed', 'no_token', 'no_password'])
const FIX =
  'openclaw config set gateway.auth.token "$(openssl rand -hex 32)", and gateway.auth.mode token'

export const bindNoAuth: Check = {
  id: 'gateway.bind_no_auth',
  severity: 'critical',
  title: 'The network reaches a gateway without authentication',
  why: 'Whoever reaches the port reads every conversation and runs every tool (S1, SPEC 2.2). Whether a stranger gets in is asked of the decision code; a configuration that asks for it does not start, and is reported all the same.',
  find: (facts) => [...getsIn(facts), ...wouldGetIn(facts)],
}

function getsIn(facts: AuditFacts): readonly Found[] {
  const way = waysIn(facts).find(
    ({ from, shows }) => from === 'elsewhere' && shows !== 'forged proxy',
  )
  if (way === undefined) return []
  const { bind } = facts.config.gateway
  const detail = `a request of ${way.request.peer} without any credential is ${way.decided.principal} (gateway.bind: ${bind})`
  return [{ detail, fix: FIX }]
}

function wouldGetIn({ config, rules }: AuditFacts): readonly Found[] {
  if (config.gateway.bind === 'loopback') return []
  return rules.problems
    .filter(({ code }) => NO_AUTH.has(code))
    .map(({ message }) => ({ detail: `the gateway does not start: ${message}`, fix: FIX }))
}
