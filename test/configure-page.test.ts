/** docs/configure.md: what a script types is written, and what is not agreed to is not. The questions: configure.test.ts. */
import { followGuide } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const STEPS: readonly Step[] = [
  {
    before: 'TOKEN=$(openssl rand -hex 32)',
    line: `printf '%s\\n' "$TOKEN" | openclaw configure --set gateway.auth.token=- --yes`,
    says: /\+ gateway\.auth\.token: \[redacted sha256:[0-9a-f]{8}\]\nwritten to /,
  },
  {
    line: 'openclaw configure --set gateway.bind=lan --set gateway.port=18790 --yes',
    says: /\+ gateway\.bind: "lan"\n\+ gateway\.port: 18790\nwarning: gateway\.controlUi\.allowedOrigins: .*\nwritten to /,
  },
  {
    line: 'openclaw configure --set gateway.port=18791     # shows the difference, and exits 1',
    says: /- gateway\.port: 18790\n\+ gateway\.port: 18791\n[^]*openclaw: nothing was written/,
    exit: 1,
  },
]

followGuide({ page: 'docs/configure.md', steps: STEPS })
