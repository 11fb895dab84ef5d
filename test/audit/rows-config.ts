/** States for the checks of the families `config` and `apikeys`. */
import type { AuditState, CheckRow } from './scene.fixture.ts'

const KEY = `sk-${'k1'.repeat(24)}`
const DIGEST = 'ab'.repeat(32)
const LATER = '2999-01-01T00:00:00Z'

function keys(entry: object | string): AuditState {
  const text =
    typeof entry === 'string'
      ? entry
      : JSON.stringify({
          keys: [{ id: 'bot', permissions: ['read'], expires_at: LATER, ...entry }],
        })
  return {
    config: { security: { apiKeys: { enabled: true } } },
    files: { 'auth/api_keys.json': text },
  }
}

export const CONFIG_ROWS: Readonly<Record<string, CheckRow>> = {
  'config.unreadable': {
    wrong: { config: '{ gateway: { port: "seventy" } }' },
    right: { config: '{ gateway: { port: 70 } }' },
    says: /openclaw.json:1: gateway.port: "seventy" is not accepted/,
  },
  'config.does_not_start': {
    wrong: { config: { gateway: { tls: { enabled: true } } } },
    right: { config: { gateway: { tls: { enabled: false } } } },
    says: /gateway.tls.enabled: this version serves no HTTPS itself/,
  },
  'config.unresolved': {
    wrong: { config: { channels: { discord: { token: '${DISCORD_TOKEN}' } } } },
    right: {
      config: { channels: { discord: { token: '${DISCORD_TOKEN}' } } },
      env: { DISCORD_TOKEN: 'x' },
    },
    says: /DISCORD_TOKEN/,
  },
  'config.without_effect': {
    wrong: { config: { plugins: { entries: { one: { path: '/x' } } } } },
    right: { config: {} },
    says: /plugins.entries/,
  },
  'apikeys.unreadable': {
    wrong: keys('{"keys":[{"id":"bot"}]}'),
    right: keys({ key_sha256: DIGEST }),
    says: /api_keys.json line 1/,
  },
  'apikeys.plain_text': {
    wrong: keys({ key: KEY }),
    right: keys({ key_sha256: DIGEST }),
    says: /holds 1 of them: bot/,
  },
  'apikeys.weak': {
    wrong: keys({ key: 'sk-short' }),
    right: keys({ key: KEY }),
    says: /the key bot could be guessed/,
  },
  'apikeys.broad': {
    wrong: keys({ key_sha256: DIGEST, permissions: ['read', 'write', 'execute-actions'] }),
    right: keys({ key_sha256: DIGEST, permissions: ['read', 'write'] }),
    says: /the key bot has read, write, execute-actions/,
  },
  'apikeys.no_expiry': {
    wrong: keys({ key_sha256: DIGEST, expires_at: null }),
    right: keys({ key_sha256: DIGEST }),
    says: /the key bot has no expires_at/,
  },
  'apikeys.expired': {
    wrong: keys({ key_sha256: DIGEST, expires_at: '2020-01-01T00:00:00Z' }),
    right: keys({ key_sha256: DIGEST }),
    says: /the key bot expired at 2020/,
  },
}
