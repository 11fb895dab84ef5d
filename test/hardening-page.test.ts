/** docs/hardening.md: what it tells to type is typed beside a gateway that runs. */
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const STEPS: readonly Step[] = [
  { line: 'openclaw security audit', says: /nothing found|0 critical/ },
  { line: 'openclaw security audit --fix', says: /nothing found|0 critical/ },
  { line: 'openclaw security audit --deep', says: /nothing found|0 critical/ },
  { line: 'openclaw doctor', says: /0 critical|nothing found/ },
  {
    line: `openclaw config set security.audit.accepted '[{ check: "gateway.loopback_no_auth", reason: "a laptop of one user" }]'`,
    says: /security\.audit\.accepted set in/,
  },
  { line: 'openclaw config get gateway.bind', says: /^loopback\n$/ },
  { line: 'openclaw status', says: /listens on +127\.0\.0\.1:\d+/ },
  {
    line: 'openclaw doctor proxy --url https://claw.example.com',
    why: 'needs a proxy in front; docs/doctor.md types it through nginx',
  },
  {
    line: 'openclaw config set session.dmScope per-channel-peer',
    says: /session\.dmScope set in/,
  },
  { line: 'openclaw access review', says: /\S/ },
  { line: 'chmod 700 ~/.openclaw', says: /^$/ },
  { line: 'chmod 600 ~/.openclaw/openclaw.json', says: /^$/ },
  { line: 'openclaw secrets init', says: /recipient age1/ },
  { line: 'openclaw secrets list', says: /\S/ },
  { line: 'openclaw logs verify', says: /the record is intact: \d+ entries/ },
  { line: 'cp ~/.openclaw/openclaw.json candidate.json', says: /^$/ },
  { line: 'openclaw auth replay --config candidate.json', says: /\S/ },
]

followGuide({ page: 'docs/hardening.md', steps: STEPS, opens: gatewayBeside })
