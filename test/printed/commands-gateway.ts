/** Printed commands about starting the gateway, its authentication and its network. */
import type { PrintedCommand, Topic, Works } from './printed.ts'

const STARTING = 'Starting and asking the gateway'
const AUTHENTICATION = 'Authentication'
const NETWORK = 'Network'
const NEW_TOKEN = 'openclaw config set gateway.auth.token "$( openssl rand -hex 32 )"'

export const GATEWAY_COMMANDS: readonly PrintedCommand[] = [
  {
    line: 'openclaw gateway',
    topic: STARTING,
    state: 'works',
    place: 'start',
    does: 'starts the gateway and stays in the foreground',
    after: {
      nothing: [],
      'a token': ['openclaw config set gateway.auth.mode token', NEW_TOKEN],
      'a password': [
        'openclaw config set gateway.auth.mode password',
        'openclaw config set gateway.auth.password "your-secure-password"',
      ],
      'the loopback address': ['openclaw config set gateway.bind loopback'],
      'every address': ['openclaw config set gateway.bind lan', NEW_TOKEN],
    },
  },
  {
    line: 'openclaw gateway --bind loopback',
    topic: NETWORK,
    state: 'works',
    place: 'start',
    does: 'starts it for this host alone',
    after: { 'no secret': ['openclaw config set gateway.auth.mode none'] },
  },
  {
    line: 'openclaw gateway restart',
    topic: STARTING,
    state: 'works',
    place: 'gateway',
    does: 'restarts it after it finished what it is doing; most settings need none',
    says: /^the gateway is ready again/,
  },
  {
    line: 'openclaw status',
    topic: STARTING,
    state: 'works',
    place: 'gateway',
    does: 'says whether it runs, where it listens, and which auth mode is live',
    says: /auth mode +token/,
  },
  get('openclaw config get gateway.bind', NETWORK, 'loopback', 'unless you set it'),
  get('openclaw config get gateway.port', NETWORK, '18789', 'unless you set it'),
  set('openclaw config set gateway.bind loopback', NETWORK, 'listens for this host alone'),
  set(
    'openclaw config set gateway.bind lan',
    NETWORK,
    'listens on every address of this host; needs a token of 32 characters or more',
  ),
  set(
    'openclaw config set gateway.bind tailnet',
    NETWORK,
    'listens on the Tailscale address; needs such a token, too',
  ),
  set(
    'openclaw config set gateway.tailscale.mode serve',
    NETWORK,
    'runs `tailscale serve` for as long as the gateway runs',
  ),
  set(
    `openclaw config set gateway.trustedProxies '["127.0.0.1", "::1"]'`,
    NETWORK,
    'proxies whose word about addresses and users counts',
  ),
  set('openclaw config set gateway.auth.mode token', AUTHENTICATION, 'callers show the token'),
  set(
    'openclaw config set gateway.auth.token "your-secure-token-here"',
    AUTHENTICATION,
    'sets it, and warns: a token that is printed somewhere is nobody’s secret; off this host alone the gateway does not start with it',
  ),
  set(NEW_TOKEN, AUTHENTICATION, 'sets a token that nobody can guess'),
  set('openclaw config set gateway.auth.mode password', AUTHENTICATION, 'callers show a password'),
  set(
    'openclaw config set gateway.auth.password "your-secure-password"',
    AUTHENTICATION,
    'sets it; choose one of 12 characters or more',
  ),
  set(
    'openclaw config set gateway.auth.mode none',
    AUTHENTICATION,
    'callers on this host need no secret; for nobody but this host',
  ),
  set(
    'openclaw config set gateway.auth.allowTailscale true',
    AUTHENTICATION,
    'believes the users that Tailscale names',
  ),
  {
    line: 'openclaw config get gateway.auth.rateLimit',
    topic: AUTHENTICATION,
    state: 'works',
    place: 'nothing',
    does: 'shows how many wrong tries lock an address out, and for how long',
    says: /"maxAttempts": 10,[^]*"lockoutMs": 300000/,
  },
  spaced('OPENCLAW_GATEWAY_TOKEN', 'your-secure-token-here', '$(openssl rand -hex 32)'),
  spaced('OPENCLAW_GATEWAY_PASSWORD', 'your-password', 'a long password of yours'),
  {
    line: 'export OPENCLAW_GATEWAY_TOKEN="a3f8c2e1d94b7a6f..."',
    topic: AUTHENTICATION,
    state: 'works',
    place: 'nothing',
    does: 'gives the token to whatever this shell starts; it wins over the config file. Put one of yours there',
    says: /^$/,
  },
]

function set(line: string, topic: Topic, does: string): Works {
  const [, key = ''] = /config set (\S+)/.exec(line) ?? []
  const says = new RegExp(`^${key.replaceAll('.', '\\.')} set in `)
  return { line, topic, state: 'works', place: 'nothing', does, says }
}

function get(line: string, topic: Topic, value: string, when: string): Works {
  const says = new RegExp(`^${value}\n$`)
  return {
    line,
    topic,
    state: 'works',
    place: 'nothing',
    does: `prints \`${value}\` ${when}`,
    says,
  }
}

/** A shell knows no spaces round the sign; a `.env` file of ours does. */
function spaced(name: string, printed: string, better: string): PrintedCommand {
  return {
    line: `export ${name} = "${printed}"`,
    topic: AUTHENTICATION,
    state: 'differs',
    place: 'nothing',
    does: 'no shell takes spaces there; `.env` in the state dir does',
    says: /not a valid identifier/,
    exit: 1,
    instead: `export ${name}="${better}"`,
  }
}
