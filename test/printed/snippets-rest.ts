/** Printed environment files, API keys, and the files of other programs. */
import type { OtherSnippet, PrintedSnippet } from './printed.ts'

const KEYS = 'Keys and providers'
const API_KEYS = `{ "keys": [
  { "id": "prod-key-1", "key": "sk-prod-abcdefghijklmnopqrstuvwxyz1234567890",
    "name": "Production Application", "permissions": ["read", "write", "execute-actions"],
    "created_at": "2026-02-13T00:00:00.000Z", "expires_at": null, "rate_limit": 1000 },
  { "id": "dev-key-1", "key": "sk-dev-abcdefghijklmnopqrstuvwxyz0987654321",
    "name": "Development Access", "permissions": ["read"],
    "created_at": "2026-02-13T00:00:00.000Z", "expires_at": "2026-03-13T00:00:00.000Z", "rate_limit": 100 }
] }
`

export const REST_SNIPPETS: readonly PrintedSnippet[] = [
  {
    title: 'variables of the gateway',
    topic: 'Files',
    file: '.env',
    state: 'works',
    does: 'read by the gateway itself; `OPENCLAW_IMAGE` and `OPENCLAW_CONFIG_DIR` are for a container',
    text: `OPENCLAW_GATEWAY_TOKEN=your-secure-random-token-here
OPENCLAW_GATEWAY_PORT=18789
OPENCLAW_BRIDGE_PORT=18790
OPENCLAW_GATEWAY_BIND=loopback
OPENCLAW_CONFIG_DIR=/opt/openclaw/config
OPENCLAW_WORKSPACE_DIR=/opt/openclaw/workspace
OPENCLAW_IMAGE=ghcr.io/openclaw/openclaw:main
`,
    means: {
      'gateway.port': 18_789,
      'gateway.bridgePort': 18_790,
      'gateway.bind': 'loopback',
      'agents.defaults.workspace': '/opt/openclaw/workspace',
    },
  },
  {
    title: 'variables with spaces round the sign',
    topic: 'Files',
    file: '.env',
    state: 'works',
    does: 'the same, spaces or none; the keys of providers wait for models',
    text: `OPENCLAW_GATEWAY_TOKEN = your-secret-token
CLAUDE_AI_SESSION_KEY = sk-ant-...
OPENAI_API_KEY = sk-proj-...
`,
    means: {},
    shown: {
      line: 'openclaw config get gateway.auth.token --reveal',
      says: /^your-secret-token\n/,
    },
  },
  {
    title: 'API keys',
    topic: KEYS,
    file: 'openclaw.json',
    state: 'works',
    does: 'accepts the keys of that file, in the form that guides print; `openclaw api-keys create` makes better ones',
    text: '{ "security": { "apiKeys": { "enabled": true, "file": "~/.openclaw/auth/api_keys.json" } } }\n',
    files: { 'auth/api_keys.json': API_KEYS },
    means: { 'security.apiKeys.enabled': true },
    shown: { line: 'openclaw api-keys list', says: /prod-key-1[^]*dev-key-1/ },
  },
  {
    title: 'keys of providers',
    topic: KEYS,
    file: '.secrets',
    state: 'works',
    does: 'counts as `.env` does, and the audit says that it is plain; `openclaw secrets encrypt` makes `.secrets.age` of it ([secrets.md](secrets.md))',
    text: `ANTHROPIC_API_KEY=sk-ant-your-key-here
OPENAI_API_KEY=sk-your-key-here
`,
    means: {},
    shown: {
      line: 'openclaw config get models.providers --reveal',
      says: /sk-ant-your-key-here[^]*sk-your-key-here/,
    },
  },
  later('an agent’s own settings', 'agent.yaml', 'agents outside the gateway'),
  later('a Secret of Kubernetes', 'env:', 'a file that is tested'),
  service(
    'two services with volumes',
    'docker-compose.yml',
    'Docker’s own; [as a service](deploy.md#with-docker-compose) has one that is tested, with the same variables',
  ),
  service(
    'a systemd unit',
    'EnvironmentFile=',
    'systemd’s own; [as a service](deploy.md#with-systemd) has a unit that is tested, and a gateway reads `~/.openclaw/.env` by itself',
  ),
  nginx('nginx with HTTPS'),
  nginx('nginx with a password'),
  nginx('nginx with limits'),
]

function later(title: string, file: string, does: string): OtherSnippet {
  return { title, topic: 'Files', file, state: 'later', does: `comes with ${does}` }
}

function service(title: string, file: string, does: string): OtherSnippet {
  return { title, topic: 'Programs of others', file, state: 'elsewhere', does }
}

function nginx(title: string): OtherSnippet {
  const does = 'nginx’s own; [behind a proxy](behind-a-proxy.md) has one that is tested'
  return { title, topic: 'Programs of others', file: 'nginx.conf', state: 'elsewhere', does }
}
