/** Whether the HTTP API runs tools for callers without a credential. */
import type { Check } from '../../types.ts'

export const httpNoAuth: Check = {
  id: 'gateway.http.no_auth',
  severity: 'warning',
  title: 'The HTTP API needs no credential',
  why: 'Mode none holds for HTTP too: any program of yours, and whatever an agent starts outside the sandbox, sends messages and runs tools over it (SPEC 2.2). Who else gets in is said by gateway.bind_no_auth and gateway.loopback_no_auth.',
  find({ decide, rules }) {
    const decided = decide({ peer: '127.0.0.1', method: 'POST', path: '/tools/invoke' })
    if (rules.mode !== 'none' || decided.kind === 'refused') return []
    if (!decided.scopes.includes('operator.tools')) return []
    const detail = `POST /tools/invoke without any credential is ${decided.principal}`
    return [{ detail, fix: 'openclaw config set gateway.auth.mode token' }]
  },
}
