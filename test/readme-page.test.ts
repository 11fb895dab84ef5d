/** README.md: what it tells to type works beside a gateway, and what it shows of a start is what a start prints. */
import { join } from 'node:path'
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Going } from './guides/session.fixture.ts'
import type { Step } from './guides/steps.ts'

const ROOT = join(import.meta.dirname, '..')
const why = 'installs every dependency; the tests run what it builds'

const gateway = { going: null as Going | null }

const STEPS: readonly Step[] = [
  { line: 'npm ci && npm start   # starts the gateway and prints the address of the page', why },
  { line: 'npm ci && npm test    # builds, then runs every test', why },
  {
    block: '',
    begins: 'OpenClaw Gateway 0.1.0 listens',
    fill: { '[::1]:18789': ({ port }) => `[::1]:${port}` },
    printed: () => gateway.going?.output() ?? '',
  },
  { line: 'curl http://127.0.0.1:18789/api/v1/whoami', says: /"kind":"owner".*"method":"local"/ },
  {
    line: 'npm run -s openclaw -- agent --message "/help"',
    fill: { 'npm run': `npm --prefix ${ROOT} run` },
    says: /\/whoami/,
  },
]

followGuide({
  page: 'README.md',
  steps: STEPS,
  opens: async (place) => {
    gateway.going = await gatewayBeside(place)
  },
})
