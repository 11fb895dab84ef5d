/** Whether somebody without any credential gets in, or would where the configuration had its way. */
import { STRANGER } from '../../decided.ts'
import type { AuditFacts, Check, Found } from '../../types.ts'

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

function getsIn({ config, decide }: AuditFacts): readonly Found[] {
  const answer = decide({ peer: STRANGER })
  if (answer.kind === 'refused') return []
  const detail = `a request of ${STRANGER} without any credential is ${answer.principal} (gateway.bind: ${config.gateway.bind})`
  return [{ detail, fix: FIX }]
}

function wouldGetIn({ config, rules }: AuditFacts): readonly Found[] {
  if (config.gateway.bind === 'loopback') return []
  return rules.problems
    .filter(({ code }) => NO_AUTH.has(code))
    .map(({ message }) => ({ detail: `the gateway does not start: ${message}`, fix: FIX }))
}
