/** docs/changing-access.md: every command on it is typed in its order, beside a gateway that runs. */
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const PAIR = 'openclaw devices pair --url ws://127.0.0.1:$OPENCLAW_GATEWAY_PORT --token -'
const TOKEN = 'openclaw config get gateway.auth.token --reveal'
/** No test waits for 60 days. */
const AT_ONCE = { '--revoke': '--revoke --unused 0s', '--unused 90d': '' }

const STEPS: readonly Step[] = [
  {
    line: 'openclaw config set --confirm 5m gateway.auth.allowLocalDirect false',
    says: /gateway\.auth\.allowLocalDirect changed in .*\nundone at .*, unless an administrator gets in/,
  },
  { line: 'openclaw config confirm', says: /gateway\.auth\.allowLocalDirect stays/ },
  {
    // One that nobody has used: whoever uses a token cannot lose it without --force.
    before: 'openclaw config set gateway.auth.token "$(openssl rand -hex 32)"',
    line: 'openclaw token rotate            # a second token, shown once; both are valid',
    says: /^[0-9a-f]{64}\nThis is the new token/,
  },
  {
    line: 'openclaw token status            # who uses which of them: address, client, device, browsers, when',
    says: /^token +sha256:.* not used yet\nsecondary +sha256:.* not used yet\n/,
  },
  {
    line: 'openclaw token brownout 10m      # the old one is refused for ten minutes: who comes back with it?',
    says: /is refused until /,
  },
  {
    line: 'openclaw token promote           # the new one is the token; the old one is gone',
    says: /is the token now; sha256:[0-9a-f]{8} is no longer valid/,
  },
  {
    before: 'openclaw token rotate',
    line: 'openclaw token rollback          # or: the new one is gone again',
    says: /is the only token; sha256:[0-9a-f]{8} is no longer valid/,
  },
  {
    line: 'openclaw access review                        # not used for 60 days',
    says: /nothing that lets somebody in was unused for 60d/,
  },
  {
    before: `openclaw api-keys create --name old > key`,
    line: 'openclaw access review --unused 90d --revoke  # asks about each on a terminal',
    fill: AT_ONCE,
    answers: 'yes\n',
    says: /take it away\?[^]*: taken away/,
  },
  {
    before: `openclaw api-keys create --name ci > key && ${PAIR} <<< "$(${TOKEN})"`,
    line: 'openclaw access review --revoke --id api-key:ci --id device:3f2a9c01b2d4',
    fill: {
      ...AT_ONCE,
      '3f2a9c01b2d4': async ({ session }) => {
        const { output } = await session.type('openclaw devices list --json')
        return JSON.parse(output).paired[0].deviceId.slice(0, 12)
      },
    },
    says: /api-key:ci.*\n.*device:[0-9a-f]{12}/,
  },
  {
    before: 'cp ~/.openclaw/openclaw.json candidate.json',
    line: 'openclaw auth replay --config candidate.json --since 7d',
    says: /would gain access: nobody\nwould lose access: nobody\n[1-9]/,
  },
]

followGuide({
  page: 'docs/changing-access.md',
  steps: STEPS,
  opens: (place) => gatewayBeside(place),
})
