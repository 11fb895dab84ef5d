/** States for the checks of the family `secrets`. */
import { TOKEN } from '../gateway.ts'
import type { CheckRow } from './scene.fixture.ts'

const LOGIN = 'credentials/anthropic-oauth.json'
const login = { [LOGIN]: JSON.stringify({ type: 'api_key', apiKey: `sk-ant-${'k3y'.repeat(12)}` }) }
const plain = { '.secrets': 'DEMO=value\n' }
const auth = { mode: 'token', token: TOKEN }

export const SECRETS_ROWS: Readonly<Record<string, CheckRow>> = {
  'secrets.plain_file': {
    wrong: { files: plain, modes: { '.secrets': 0o640 } },
    right: { files: { '.env': 'DEMO=value\n' } },
    says: /\.secrets is not encrypted \(mode 0640\)/,
  },
  'secrets.identity_readable': {
    wrong: {
      files: { 'id.txt': '#' },
      config: { secrets: { identity: 'id.txt' } },
      modes: { 'id.txt': 0o640 },
    },
    right: {
      files: { 'id.txt': '#' },
      config: { secrets: { identity: 'id.txt' } },
      modes: { 'id.txt': 0o600 },
    },
    says: /id\.txt has mode 0640/,
  },
  'secrets.identity_beside_encrypted': {
    wrong: { files: { 'id.txt': '#' }, config: { secrets: { identity: 'id.txt' } } },
    right: { files: { 'id.txt': '#' }, config: { secrets: { identity: '/etc/hostname' } } },
    says: /id\.txt, below/,
  },
  'secrets.identity_in_version_control': {
    wrong: {
      files: { 'repo/.git/HEAD': '', 'repo/id.txt': '#' },
      config: { secrets: { identity: 'repo/id.txt' } },
    },
    right: { files: { 'repo/id.txt': '#' }, config: { secrets: { identity: 'repo/id.txt' } } },
    says: /repo\/id\.txt is below the repository .*repo$/,
  },
  'secrets.credentials_readable': {
    wrong: { files: login, modes: { [LOGIN]: 0o640 } },
    right: { files: login, modes: { [LOGIN]: 0o600, credentials: 0o700 } },
    says: /anthropic-oauth\.json has mode 0640/,
  },
  'secrets.not_opened': {
    wrong: { files: { '.secrets.age': 'age-encryption.org/v1\n' } },
    right: { files: plain },
    says: /\.secrets\.age: needs the identity .*, which is not there/,
  },
  'secrets.config_plain_secret': {
    wrong: { config: { gateway: { auth } } },
    right: {
      config: { gateway: { auth: { ...auth, token: '${DEMO_TOKEN}' } } },
      env: { DEMO_TOKEN: TOKEN },
    },
    says: /openclaw\.json: gateway\.auth\.token$/,
  },
}
