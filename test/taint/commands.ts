/** Every command of the command line, as it is typed in the taint scan; what it may print is said beside it. */
import { COMMANDS } from '../../src/cli/index.ts'
import { bearer, REMOTE } from '../gateway.ts'
import type { Day, Typing } from './day.ts'

interface Line extends Typing {
  readonly words: readonly string[]
}

const line = (text: string, typing: Typing = {}): Line => ({ words: text.split(' '), ...typing })

const NOBODY = '000000000000'

/** Typed with and without `--json`. */
const LOOKS = [
  'status',
  'agent --message /whoami',
  'pairing list',
  'channels status --probe',
  'devices list',
  'nodes list',
  'token status',
  'config get',
  'config validate',
  'secrets get TAINT_APP',
  'secrets list',
  'api-keys list',
  'lockouts list',
  'logs --limit 5000',
  'security audit --deep',
  'doctor',
  'access review',
  'recover --dry-run',
]

/** Typed one way or the other. Ids of nobody do: what is said of them is scanned like everything else. */
const ONCE = [
  'gateway status',
  'health',
  'pairing list telegram',
  'nodes pending',
  `nodes describe ${NOBODY}`,
  `nodes invoke ${NOBODY} system.run`,
  'config get channels',
  'config file',
  'config schema',
  'secrets get OPENAI_API_KEY',
  'logs auth',
  'logs gateway',
  'logs channels',
  'logs verify',
  'completion bash',
  'completion zsh',
  'completion fish',
  'pairing approve telegram ABC234',
  'pairing reject telegram ABC234',
  'pairing revoke telegram 1',
  `pairing invite --cancel ${NOBODY}`,
  'message send --channel telegram --to 1 --message hello',
  'devices approve',
  `devices reject ${NOBODY}`,
  'devices clear',
  `devices rename ${NOBODY} Attic`,
  `devices rotate ${NOBODY}`,
  `devices revoke ${NOBODY}`,
  `devices remove ${NOBODY}`,
  'devices forget --all-removed --dry-run',
  `nodes approve ${NOBODY}`,
  `nodes reject ${NOBODY}`,
  `nodes rename ${NOBODY} Attic`,
  `nodes remove ${NOBODY}`,
  'config set gateway.auth.rateLimit.windowMs 61000',
  'config set gateway.auth.rateLimit.windowMs never',
  'config unset session.dmScope',
  'config confirm',
  'configure --set session.dmScope=main --yes',
  'auth replay --config openclaw.json',
  'doctor proxy --url http://127.0.0.1:1',
  'token brownout off',
  'token rollback',
  'secrets init',
  'secrets unset TAINT_NOBODY',
  'secrets encrypt',
  'login openai',
  'logout openai',
  'api-keys revoke ci',
  'lockouts clear',
  'gateway',
  'gateway run',
]

/** Commands that nobody typed, here or in another part of the scan. */
export function untyped({ typed }: Day): readonly string[] {
  return COMMANDS.map(({ name }) => name).filter(
    (name) => !typed.some((words) => `${words} `.startsWith(`${name} `)),
  )
}

/** All with `--verbose`. */
export async function commandsAreTyped(day: Day): Promise<void> {
  const once = [...ONCE.map((text) => line(text)), ...explained(), ...(await withSecrets(day))]
  const looks = LOOKS.flatMap((text) => [line(text), line(`${text} --json`)])
  const all = [...looks, ...once.map((one, at) => (at % 2 === 0 ? one : asJson(one)))]
  const next = all.values()
  await Promise.all(
    Array.from({ length: BESIDE }, async () => {
      for (const { words, ...typing } of next) await day.type([...words, '--verbose'], typing)
    }),
  )
}

const BESIDE = 4
const asJson = ({ words, ...typing }: Line): Line => ({ words: [...words, '--json'], ...typing })

/** One of each kind of source: literal, program, file, variable, `.env`, `.secrets.age`, login, address, map. */
function explained(): readonly Line[] {
  return [
    'gateway.auth.password',
    'channels.discord.token',
    'channels.discord.accounts.work.token',
    'channels.telegram.accounts.work.token',
    'channels.telegram.accounts.work.webhookSecret',
    'channels.whatsapp.appSecret',
    'models.providers.anthropic.apiKey',
    'models.providers.openai.apiKey',
    'store.url',
    'telemetry.otlp.headers.x-key',
  ].map((key) => line(`config explain ${key}`))
}

/** Secrets that are asked for, or handed over. */
async function withSecrets(day: Day): Promise<readonly Line[]> {
  const { secrets } = day
  const refused = await day.ask({
    headers: { ...REMOTE, ...bearer(secrets.wrongToken.value) },
  })
  const { requestId } = Object(Object(refused.json).error)
  const wrong = `Authorization: Bearer ${secrets.wrongToken.value}`
  const url = `http://127.0.0.1:${day.gateway.port}`
  return [
    line(`auth why ${requestId}`),
    line('auth explain --peer 203.0.113.1 --bearer -', { input: secrets.wrongKey.value }),
    line('auth explain --peer 203.0.113.1 --bearer -', { input: secrets.token.value }),
    { words: ['auth', 'explain', '--peer', '203.0.113.1', '--header', wrong] },
    line(`status --url ${url} --token -`, { input: secrets.wrongToken.value }),
    line(`status --url ${url} --token -`, { input: secrets.token.value }),
    line(`status --url ${secrets.proxy.value} --token -`, { input: secrets.token.value }),
    line('status', { env: { OPENCLAW_GATEWAY_TOKEN: secrets.wrongToken.value } }),
    line('gateway --token -', { input: secrets.wrongToken.value }),
    line('devices pair --code -', { input: secrets.wrongToken.value, dir: day.world.elsewhere }),
    line('connect --code -', { input: secrets.wrongToken.value, dir: day.world.elsewhere }),
    line('login anthropic', { input: secrets.wrongKey.value }),
    line('secrets set TAINT-WRONG', { input: secrets.wrongToken.value }),
    line('config get gateway.auth.token --reveal', { may: ['gateway.auth.token'] }),
    line('secrets get TAINT_IDLE --reveal', { may: ['.secrets'] }),
    line('secrets decrypt', {
      may: ['.secrets', '.secrets.age', 'channels.whatsapp.appSecret', WORK_APP],
    }),
    line('channels add discord --account added --token -', { input: secrets.added.value }),
    line('channels remove discord --account nobody'),
  ]
}

const WORK_APP = 'channels.whatsapp.accounts.*.appSecret'
