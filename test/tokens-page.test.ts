/** docs/tokens.md: a token is made, moved, changed and taken back from whoever should not have it. */
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const STEPS: readonly Step[] = [
  {
    line: 'openclaw doctor --generate-gateway-token',
    says: /a token was made and written to \S+openclaw\.json/,
  },
  { line: 'openssl rand -hex 32', says: /^[0-9a-f]{64}\n$/ },
  {
    before: (place) => gatewayBeside(place),
    line: 'openclaw config explain gateway.auth.token',
    says: /openclaw\.json/,
  },
  { line: 'openclaw config get gateway.auth.token', says: /^\[redacted sha256:[0-9a-f]{8}\]\n$/ },
  { line: 'openclaw token rotate', says: /[0-9a-f]{64}/ },
  { line: 'openclaw token status', says: /^secondary +sha256:/m },
  { line: 'openclaw token brownout 10m', says: /is refused until/ },
  { line: 'openclaw token promote', says: /is the token now/ },
  { line: 'openclaw secrets init', says: /recipient age1/ },
  {
    line: 'openclaw config get gateway.auth.token --reveal | openclaw secrets set OPENCLAW_GATEWAY_TOKEN',
    says: /OPENCLAW_GATEWAY_TOKEN is encrypted in/,
  },
  {
    line: 'openclaw config unset gateway.auth.token',
    says: /gateway\.auth\.token removed in[^]*OPENCLAW_GATEWAY_TOKEN sets gateway\.auth\.token all the same/,
  },
  { line: 'openclaw security audit', says: /nothing found|0 critical/ },
  {
    line: 'openssl rand -hex 32 | openclaw secrets set NEW_TOKEN',
    says: /NEW_TOKEN is encrypted in/,
  },
  {
    line: "openclaw config set gateway.auth.tokenSecondary '${NEW_TOKEN}'",
    says: /gateway\.auth\.tokenSecondary set in/,
  },
  { line: 'openclaw token status', says: /^secondary +sha256:/m, soon: true },
  { line: 'openclaw token brownout 10m', says: /is refused until/ },
  {
    line: 'openclaw secrets get NEW_TOKEN --reveal | openclaw secrets set OPENCLAW_GATEWAY_TOKEN',
    says: /OPENCLAW_GATEWAY_TOKEN is encrypted in/,
  },
  {
    line: 'openclaw config unset gateway.auth.tokenSecondary',
    says: /gateway\.auth\.tokenSecondary removed in/,
  },
  { line: 'openclaw secrets unset NEW_TOKEN', says: /NEW_TOKEN is removed from/ },
  {
    line: 'openssl rand -hex 32 | openclaw secrets set OPENCLAW_GATEWAY_TOKEN',
    says: /OPENCLAW_GATEWAY_TOKEN is encrypted in/,
  },
  {
    before:
      'openclaw config set gateway.auth.token "$(openssl rand -hex 32)" && openclaw secrets unset OPENCLAW_GATEWAY_TOKEN',
    line: 'openclaw token rotate && openclaw token promote --force',
    says: /is the token now/,
    soon: true,
  },
  { line: 'openclaw logs auth --since 7d', says: /token\.promote/ },
  { line: 'openclaw api-keys list', says: /no API key/i },
  { line: 'openclaw devices list', says: /no device|nothing|nobody/i },
  { line: 'openclaw access review', says: /\S/ },
]

followGuide({ page: 'docs/tokens.md', steps: STEPS })
