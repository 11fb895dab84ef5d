/** States for the checks of the family `gateway`. */
import { TOKEN } from '../gateway.ts'
import type { CheckRow } from './scene.fixture.ts'

const auth = { mode: 'token', token: TOKEN }

export const GATEWAY_ROWS: Readonly<Record<string, CheckRow>> = {
  'gateway.bind_no_auth': {
    wrong: { config: { gateway: { bind: 'lan', auth: { mode: 'none' } } } },
    right: { config: { gateway: { bind: 'lan', auth } } },
    says: /does not start/,
  },
}
