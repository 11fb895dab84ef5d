/** Whether the gateway that runs answers. */
import type { Check, DoctorFacts } from '../types.ts'

export const gatewayAnswers: Check = {
  id: 'gateway.not_answering',
  severity: 'critical',
  title: 'A gateway runs and does not answer',
  why: 'It holds the state dir and is asked like everybody else asks it: its owner over the socket, and `/readyz` at every address it listens on.',
  find({ gateway }: DoctorFacts) {
    if (gateway.kind === 'unknown')
      return [{ detail: gateway.why, fix: 'openclaw recover --dry-run says what is wrong there' }]
    if (gateway.kind === 'remote') {
      const { url, silent } = gateway
      if (silent === null) return []
      return [
        {
          detail: `${url} (gateway.remote.url): ${silent}`,
          fix: 'Is the gateway there running, and its name right? openclaw status asks it',
        },
      ]
    }
    if (gateway.kind === 'stopped') return []
    const who = gateway.pid === null ? 'the gateway' : `the gateway (pid ${gateway.pid})`
    const fix = 'openclaw logs gateway may say why; openclaw gateway restart starts it again'
    return [
      ...(gateway.silent === null
        ? []
        : [{ detail: `${who} at its owner’s socket: ${gateway.silent}`, fix }]),
      ...gateway.deaf.map(({ at, why }) => ({ detail: `${who} at ${at}: ${why}`, fix })),
    ]
  },
}
