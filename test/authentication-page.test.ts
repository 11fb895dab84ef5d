/** docs/authentication.md: each way in is taken, and each refusal explained. */
import { expect } from 'vitest'
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Place, Step } from './guides/steps.ts'

const stranger = { requestId: '' }

async function keyOf({ session }: Place): Promise<string> {
  const { output } = await session.type('openclaw api-keys create --name other --json 2> /dev/null')
  const made: unknown = JSON.parse(output)
  expect(made).toMatchObject({ key: expect.stringMatching(/^sk-/) })
  return (made as { key: string }).key
}

async function turnedAway({ session }: Place): Promise<void> {
  const asked = "curl -s -H 'X-Forwarded-For: 203.0.113.9' 127.0.0.1:$OPENCLAW_GATEWAY_PORT/api/v1"
  const { output } = await session.type(asked)
  const [, id = ''] = /"requestId":"([^"]+)"/.exec(output) ?? []
  stranger.requestId = id
}

const STEPS: readonly Step[] = [
  { line: 'curl http://127.0.0.1:18789/api/v1/whoami', says: /"method":"local"/ },
  {
    line: `printf 'Authorization: Bearer %s\\n' "$(openclaw config get gateway.auth.token --reveal)" > token.txt`,
    says: /^$/,
  },
  { line: 'chmod 600 token.txt', says: /^$/ },
  { line: 'curl -H @token.txt http://127.0.0.1:18789/api/v1/whoami', says: /"method":"token"/ },
  { line: 'openclaw config set security.apiKeys.enabled true', says: /enabled set in/ },
  {
    line: 'openclaw api-keys create --name "Deploy bot" --permissions read,write --expires 30d',
    says: /^sk-[\w-]+\n|This is the key deploy-bot; it is not shown again/m,
  },
  {
    line: 'curl -H "X-API-Key: sk-…" http://127.0.0.1:18789/api/v1/whoami',
    fill: { 'sk-…': keyOf },
    says: /"method":"api-key"/,
    soon: true,
  },
  { line: 'openclaw api-keys list', says: /deploy-bot/ },
  { line: 'openclaw api-keys rotate deploy-bot', says: /sk-[\w-]+/ },
  { line: 'openclaw api-keys revoke deploy-bot', says: /deploy-bot/ },
  { line: 'openclaw devices list', says: /no device|nothing|nobody/i },
  { line: 'openclaw qr --public-url wss://claw.example.com', says: /^[\w-]{40,}\n/m },
  { line: 'openclaw dashboard', says: /#login=/ },
  {
    line: 'openssl rand -base64 24 | openclaw secrets set OPENCLAW_GATEWAY_PASSWORD',
    before: 'openclaw secrets init',
    says: /OPENCLAW_GATEWAY_PASSWORD is encrypted in/,
  },
  { line: 'openclaw config set gateway.auth.mode password', says: /gateway\.auth\.mode set in/ },
  {
    line: 'curl --user "anyone:$(openclaw secrets get OPENCLAW_GATEWAY_PASSWORD --reveal)" http://127.0.0.1:18789/api/v1/whoami',
    says: /"method":"password"/,
    soon: true,
  },
  {
    line: "curl -H 'X-Forwarded-For: 203.0.113.9' http://127.0.0.1:18789/api/v1/whoami",
    says: /"message":"Unauthorized\."/,
  },
  {
    line: 'openclaw auth why <requestId>',
    before: turnedAway,
    fill: { '<requestId>': () => stranger.requestId },
    says: /was refused: nothing_presented[^]*What to do:/,
  },
  { line: 'openclaw auth explain --peer 203.0.113.9', says: /refused: HTTP 401/ },
  { line: 'openclaw lockouts list', says: /no address is locked out/ },
  { line: 'openclaw lockouts clear 203.0.113.9', says: /nothing was locked/ },
]

followGuide({ page: 'docs/authentication.md', steps: STEPS, opens: gatewayBeside })
