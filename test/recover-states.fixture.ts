/** For tests: damaged and old states, each as one way to spoil a state dir that a gateway has lived in. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeIdentity, seal } from '../src/config/age.ts'
import type { Lived } from './recover.fixture.ts'
import { openDesk } from './recover-desk.fixture.ts'
import { TOKEN } from './gateway.ts'

/** What of the old state is still there. */
export type Kept = 'messages' | 'apiKey' | 'token' | 'setting' | 'device'

export interface State {
  spoil(dir: string, lived: Lived): void | Promise<void>
  /** Of what `recover` prints. */
  readonly says: RegExp
  /** What cannot be kept: everything else is. */
  readonly loses?: readonly Kept[]
  /** In `recovered/` afterwards. */
  readonly aside?: RegExp
  readonly args?: (lived: Lived) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** In the configuration afterwards. */
  readonly config?: RegExp
  readonly configNot?: RegExp
  readonly onlyRoot?: true
  /** Nothing is wrong that a repair would end: exit 0 of the dry run. */
  readonly harmless?: true
  /** Of the state dir itself: where it was, everything begins anew. */
  readonly whole?: true
}

const put = (dir: string, name: string, content: string | Buffer): void =>
  writeFileSync(join(dir, name), content, { mode: 0o600 })
const folderAt = (dir: string, name: string): void => {
  rmSync(join(dir, name), { force: true, recursive: true })
  mkdirSync(join(dir, name), { mode: 0o700 })
}
const KEYS = 'security: { apiKeys: { enabled: true }, session: { maxConcurrent: 7 } }'
/** The `gateway` section anew, the rest as it was. */
const gatewayIs = (dir: string, gateway: string): void =>
  put(dir, 'openclaw.json', `{ gateway: ${gateway}, ${KEYS} }\n`)
const withTokenAnd = (more: string): string => `{ port: 0, auth: { token: "${TOKEN}" }, ${more} }`
const sql = (dir: string, text: string): void => {
  const database = new DatabaseSync(join(dir, 'store.sqlite'))
  database.exec(text)
  database.close()
}
const inKeys = (dir: string, change: (text: string) => string): void =>
  put(dir, 'auth/api_keys.json', change(readFileSync(join(dir, 'auth/api_keys.json'), 'utf8')))
const segment = (dir: string): string =>
  join(dir, 'records', readdirSync(join(dir, 'records')).sort().at(-1) ?? '')

/** `text` as `.secrets.age` holds it, and the only identity that opens it. */
async function sealed(text: string): Promise<{ bytes: Buffer; identity: string }> {
  const made = await makeIdentity(0)
  const written = await seal(text, [made.recipient])
  if (written.kind === 'failed') throw new Error(written.why)
  return { bytes: written.bytes, identity: made.text }
}

const OUT_OF_STATE: readonly Kept[] = ['messages', 'apiKey', 'token', 'setting', 'device']
/** The whole configuration is moved aside: API keys are off by default. */
const CONFIG_GONE: readonly Kept[] = ['token', 'setting', 'apiKey']
const STORE_GONE: readonly Kept[] = ['messages', 'device']

export const STATES: Readonly<Record<string, State>> = {
  // The state dir itself.
  'a state dir that everybody may write': {
    spoil: (dir) => chmodSync(dir, 0o777),
    says: /has mode 0777 -> now 0700/,
  },
  'a state dir that its owner may only read': {
    spoil: (dir) => chmodSync(dir, 0o500),
    says: /has mode 0500 -> now 0700/,
  },
  'a state dir that is a link to nothing': {
    spoil(dir) {
      rmSync(dir, { recursive: true })
      symlinkSync('/nowhere/at/all', dir)
    },
    says: /is a symbolic link to nothing -> renamed/,
    loses: OUT_OF_STATE,
    whole: true,
  },
  'a state dir that is a file': {
    spoil(dir) {
      rmSync(dir, { recursive: true })
      writeFileSync(dir, 'mine')
    },
    says: /is no folder -> renamed/,
    loses: OUT_OF_STATE,
    whole: true,
  },

  // Permissions and owners.
  'a configuration that everybody may write': {
    spoil: (dir) => chmodSync(join(dir, 'openclaw.json'), 0o666),
    says: /openclaw\.json has mode 0666 -> now 0600\. Look through it/,
  },
  'files and folders that everybody may read': {
    spoil(dir) {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
        chmodSync(join(dir, name), name.includes('.') ? 0o644 : 0o755)
    },
    says: /fingerprint\.key has mode 0644[^]*store\.sqlite has mode 0644/,
  },
  'files that nobody may read': {
    spoil(dir) {
      for (const name of ['openclaw.json', 'store.sqlite', 'fingerprint.key', 'records'])
        chmodSync(join(dir, name), 0)
    },
    says: /store\.sqlite has mode 0000 -> now 0600/,
  },
  'web sessions that everybody may write': {
    spoil(dir) {
      put(dir, 'web-sessions.json', '{"version":1,"sessions":[]}')
      chmodSync(join(dir, 'web-sessions.json'), 0o666)
    },
    says: /web-sessions\.json has mode 0666 -> now 0600, and moved aside/,
    aside: /"sessions":\[\]/,
  },
  'a configuration of another user': {
    spoil: (dir) => chownSync(join(dir, 'openclaw.json'), 65_534, 65_534),
    says: /openclaw\.json belongs to another user.*moved aside/,
    loses: CONFIG_GONE,
    aside: /the owner's own words/,
    onlyRoot: true,
  },
  'web sessions that another user wrote': {
    spoil(dir) {
      put(dir, 'web-sessions.json', '{"version":1,"sessions":[]}')
      chownSync(join(dir, 'web-sessions.json'), 65_534, 65_534)
    },
    says: /web-sessions\.json belongs to another user.*-> moved aside/,
    onlyRoot: true,
  },

  // Something else in its place.
  'a folder in place of the configuration': {
    spoil: (dir) => folderAt(dir, 'openclaw.json'),
    says: /openclaw\.json is not a file -> moved aside, and a new one made/,
    loses: CONFIG_GONE,
    config: /"allowLocalDirect": false/,
  },
  'a configuration that is a link to nothing': {
    spoil(dir) {
      rmSync(join(dir, 'openclaw.json'))
      symlinkSync('/nowhere/openclaw.json', join(dir, 'openclaw.json'))
    },
    says: /openclaw\.json is a symbolic link to nothing -> moved aside/,
    loses: CONFIG_GONE,
    config: /"allowLocalDirect": false/,
  },
  'a folder in place of .env': {
    spoil: (dir) => folderAt(dir, '.env'),
    says: /\.env is not a file -> moved aside; what it decided is unknown/,
    loses: ['token'],
    config: /allowLocalDirect/,
  },
  'a folder in place of the key': {
    spoil: (dir) => folderAt(dir, 'fingerprint.key'),
    says: /fingerprint\.key is no file -> moved aside[^]*fingerprint\.key is missing/,
  },
  'a folder in place of the store': {
    spoil: (dir) => folderAt(dir, 'store.sqlite'),
    says: /store\.sqlite is no file -> moved aside/,
    loses: STORE_GONE,
  },
  'a file in place of the records': {
    spoil(dir) {
      rmSync(join(dir, 'records'), { recursive: true })
      put(dir, 'records', 'no folder')
    },
    says: /records is no folder -> moved aside/,
    aside: /no folder/,
  },
  'a folder in place of a file of the record': {
    spoil(dir) {
      const path = segment(dir)
      rmSync(path)
      mkdirSync(path)
    },
    says: /records\/\d+\.jsonl is no file -> moved aside/,
  },
  'folders in place of sessions and locks': {
    spoil(dir) {
      folderAt(dir, 'web-sessions.json')
      folderAt(dir, 'locks.jsonl')
    },
    says: /locks\.jsonl is no file -> moved aside[^]*web-sessions\.json is no file -> moved aside/,
  },
  'a folder in place of the owner’s socket': {
    spoil: (dir) => folderAt(dir, 'gateway.sock'),
    says: /gateway\.sock is no socket -> moved aside/,
  },
  'a folder in place of gateway.json': {
    spoil: (dir) => folderAt(dir, 'gateway.json'),
    says: /gateway\.json is no file -> moved aside/,
  },
  'a folder in place of the log': {
    spoil(dir) {
      mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 })
      folderAt(dir, 'logs/gateway.log')
    },
    says: /logs\/gateway\.log is no file -> moved aside/,
  },
  'lock files with something in them': {
    spoil(dir) {
      put(dir, 'gateway.lock', '4711\n')
      put(dir, 'openclaw.json.lock', 'editor was here')
      put(dir, 'auth/api_keys.json.lock', 'x')
    },
    says: /openclaw\.json\.lock is not empty[^]*gateway\.lock is not empty/,
    aside: /4711/,
  },
  'what a killed gateway leaves behind': {
    spoil(dir) {
      put(dir, 'gateway.json', '{"pid":1,"port":1}')
      put(dir, 'gateway.lock', '')
      put(dir, 'tailscale-serve.json', '{"mode":"serve","targets":["http://127.0.0.1:1"]}')
    },
    says: /nothing to recover/,
    harmless: true,
  },

  // The configuration as text.
  'a configuration that is no JSON5': {
    spoil: (dir) => put(dir, 'openclaw.json', `{ gateway: { auth: { token: "${TOKEN}"`),
    says: /openclaw\.json cannot be understood.*-> moved aside, and a new one made/,
    loses: CONFIG_GONE,
    aside: new RegExp(TOKEN),
    config: /"allowLocalDirect": false/,
  },
  'a configuration that is no YAML': {
    spoil(dir) {
      rmSync(join(dir, 'openclaw.json'))
      put(dir, 'gateway.yaml', 'gateway:\n  bind: [lan\n')
    },
    says: /gateway\.yaml cannot be understood/,
    loses: CONFIG_GONE,
  },
  'an empty configuration': {
    spoil: (dir) => put(dir, 'openclaw.json', ''),
    says: /openclaw\.json cannot be understood: is empty/,
    loses: CONFIG_GONE,
  },
  'a configuration that is no text': {
    spoil: (dir) => put(dir, 'openclaw.json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
    says: /openclaw\.json is not UTF-8 text -> moved aside/,
    loses: CONFIG_GONE,
  },
  'two configurations': {
    spoil: (dir) => put(dir, 'gateway.yaml', 'gateway:\n  bind: nonsense\n'),
    says: /gateway\.yaml stands beside openclaw\.json.*-> moved aside/,
    aside: /nonsense/,
  },
  'a configuration that was deleted': {
    spoil: (dir) => rmSync(join(dir, 'openclaw.json')),
    says: /the configuration is gone, and the token with it -> a new one was made/,
    loses: CONFIG_GONE,
    config: /allowLocalDirect/,
  },

  // Settings.
  'keys of a newer version, which may have been limits': {
    spoil: (dir) => gatewayIs(dir, withTokenAnd('bind: "lan", onlyFrom: ["192.0.2.1"]')),
    says: /gateway\.onlyFrom: there is no such key -> moved aside; it may have kept somebody out/,
    aside: /onlyFrom/,
    config: /allowLocalDirect/,
    configNot: /lan|onlyFrom/,
  },
  'unknown keys that say nothing of who gets in': {
    spoil: (dir) =>
      put(
        dir,
        'openclaw.json',
        `{ gateway: ${withTokenAnd('bind: "lan"')}, loging: { level: "debug" }, ${KEYS} }`,
      ),
    says: /loging: there is no such key -> moved aside .*Did you mean logging/,
    config: /lan/,
    configNot: /allowLocalDirect|loging/,
  },
  'values of the wrong type': {
    spoil: (dir) =>
      gatewayIs(
        dir,
        `{ port: "seventy", bind: 7, trustedProxies: ["10.0.0.1", "bogus"], auth: { token: "${TOKEN}" } }`,
      ),
    says: /gateway\.port.*moved aside[^]*gateway\.bind.*moved aside[^]*gateway\.trustedProxies\[1\]/,
    config: /10\.0\.0\.1/,
    configNot: /bogus|seventy/,
  },
  'a section that is a list': {
    spoil: (dir) => put(dir, 'openclaw.json', `{ gateway: [], ${KEYS} }`),
    says: /gateway: a list is not accepted -> moved aside/,
    loses: ['token'],
    config: /allowLocalDirect/,
  },
  'a key that stands twice': {
    spoil: (dir) => gatewayIs(dir, `{ port: 0, port: 1, auth: { token: "${TOKEN}" } }`),
    says: /gateway\.port: stands twice -> moved aside/,
  },
  'mode none on an open network': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, bind: "lan", auth: { mode: "none" } }'),
    says: /gateway\.auth\.mode: mode none lets every local caller in.*moved aside/,
    loses: ['token'],
    config: /lan[^]*token/,
    configNot: /none/,
  },
  'a mode that is nearly one': {
    spoil: (dir) => gatewayIs(dir, `{ port: 0, auth: { mode: "tokens", token: "${TOKEN}" } }`),
    says: /gateway\.auth\.mode: "tokens" is not accepted -> now "token"/,
  },
  'a mode that says nothing, with an old token': {
    spoil: (dir) => gatewayIs(dir, `{ port: 0, auth: { mode: "x", token: "${TOKEN}" } }`),
    says: /gateway\.auth\.mode: "x" is not accepted -> moved aside, with a new token/,
    loses: ['token'],
    config: /allowLocalDirect/,
  },
  'trusted-proxy with a token and without proxies': {
    spoil: (dir) =>
      gatewayIs(dir, `{ port: 0, auth: { mode: "trusted-proxy", token: "${TOKEN}" } }`),
    says: /mixed_trusted_proxy_token[^]*no proxy is trusted/,
    loses: ['token'],
    config: /allowLocalDirect/,
  },
  'signed identity, which this version cannot verify': {
    spoil: (dir) =>
      gatewayIs(
        dir,
        '{ port: 0, trustedProxies: ["10.0.0.1"], auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x-user", jwt: { header: "x-jwt", issuer: "a", audience: "b", jwksUri: "https://a.example" } } } }',
      ),
    says: /trustedProxy\.jwt: .*-> moved aside; it may have kept somebody out/,
    loses: ['token'],
    configNot: /10\.0\.0\.1|trusted-proxy"/,
  },
  'users of a proxy that cannot be told apart': {
    spoil: (dir) =>
      gatewayIs(
        dir,
        withTokenAnd('trustedProxies: ["10.0.0.1"]').replace(
          'auth: {',
          'auth: { identityScopes: "all",',
        ),
      ),
    says: /gateway\.auth\.identityScopes.*moved aside; it may have kept somebody out/,
    config: /allowLocalDirect/,
    configNot: /10\.0\.0\.1/,
  },
  'a weak token on an open network': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, bind: "lan", auth: { token: "letmein" } }'),
    says: /gateway\.auth\.token: this token has 7 characters.*a new token was made/,
    loses: ['token'],
    aside: /letmein/,
    config: /lan/,
    configNot: /letmein/,
  },
  'a variable that is gone': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, auth: { token: "${GONE_TOKEN}" } }'),
    says: /gateway\.auth\.token: environment variable GONE_TOKEN is unset -> a new token was made/,
    loses: ['token'],
    aside: /\$\{GONE_TOKEN\}/,
  },
  'a secret whose file is gone': {
    spoil: (dir) =>
      gatewayIs(dir, '{ port: 0, auth: { token: { source: "file", id: "/nowhere/token" } } }'),
    says: /the secret cannot be fetched.*-> a new token was made/,
    loses: ['token'],
    aside: /\/nowhere\/token/,
  },
  'a redacted view that was written back': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, auth: { token: "[redacted]" } }'),
    says: /redaction marker.*a new token was made/,
    loses: ['token'],
  },
  'a token that is gone': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, auth: { mode: "token" } }'),
    says: /no gateway token is configured -> a new one was made/,
    loses: ['token'],
  },
  'a password that is gone': {
    spoil: (dir) => gatewayIs(dir, '{ port: 0, auth: { mode: "password" } }'),
    says: /no password is configured -> a new password was made/,
    loses: ['token'],
  },
  'a token and a password, and no mode': {
    spoil: (dir) =>
      gatewayIs(dir, `{ port: 0, auth: { token: "${TOKEN}", password: "correct horse battery" } }`),
    says: /the mode is now token, with a new token/,
    loses: ['token'],
  },
  'a rotation that was cut short': {
    spoil: (dir) =>
      gatewayIs(dir, `{ port: 0, auth: { mode: "token", tokenSecondary: "${TOKEN}" } }`),
    says: /the secondary token is now the token/,
  },
  'an old flat key beside the new one': {
    spoil: (dir) =>
      gatewayIs(dir, `{ port: 0, host: "0.0.0.0", bind: "loopback", auth: { token: "${TOKEN}" } }`),
    says: /gateway\.host: means the same as gateway\.bind.*moved aside/,
    configNot: /0\.0\.0\.0/,
  },
  'an address that this host no longer has': {
    spoil: (dir) => gatewayIs(dir, withTokenAnd('bind: "custom", customBindHost: "192.0.2.77"')),
    says: /192\.0\.2\.77 is no address of this host -> moved aside/,
    config: /allowLocalDirect/,
  },
  'a port for nodes that is the gateway’s own': {
    spoil: (dir) =>
      gatewayIs(dir, withTokenAnd('bridgePort: 18799').replace('port: 0', 'port: 18799')),
    says: /gateway\.bridgePort: 18799 is gateway\.port.*-> moved aside/,
    configNot: /bridgePort/,
  },
  'HTTPS, which this version does not serve': {
    spoil: (dir) => gatewayIs(dir, withTokenAnd('bind: "lan", tls: { enabled: true }')),
    says: /gateway\.tls\.enabled.*moved aside; it may have kept somebody out/,
    configNot: /lan|tls/,
  },
  'a line of .env that is no variable': {
    spoil: (dir) => put(dir, '.env', 'ANTHROPIC_API_KEY="abc\nKEPT_VARIABLE=1\n'),
    says: /\.env: line 1 is no variable -> moved aside, and the rest kept/,
    aside: /ANTHROPIC_API_KEY="abc/,
  },
  'a line of .env that is wrong': {
    spoil: (dir) => put(dir, '.env', 'KEPT_VARIABLE=1\nOPENCLAW_GATEWAY_BIND=everywhere\n'),
    says: /that line of \.env is moved aside, and the gateway kept to this host/,
    loses: ['token'],
    aside: /everywhere/,
  },
  'encrypted secrets whose identity is gone': {
    spoil: async (dir) => put(dir, '.secrets.age', (await sealed('KEPT_VARIABLE=1\n')).bytes),
    says: /\.secrets\.age needs the identity \S+, which is not there -> moved aside; what it decided is unknown/,
    loses: ['token'],
    aside: /age-encryption\.org/,
    config: /allowLocalDirect/,
  },
  'an encrypted variable that is wrong': {
    async spoil(dir) {
      const { bytes, identity } = await sealed(
        'KEPT_VARIABLE=1\nOPENCLAW_GATEWAY_BIND=everywhere\n',
      )
      put(dir, '.secrets.age', bytes)
      mkdirSync(join(dir, '.config/openclaw'), { recursive: true, mode: 0o700 })
      put(dir, '.config/openclaw/identity.txt', identity)
    },
    says: /OPENCLAW_GATEWAY_BIND is removed from \.secrets\.age, of which a copy is kept/,
    loses: ['token'],
    aside: /age-encryption\.org/,
  },
  'a plain secret that is wrong': {
    spoil: (dir) => put(dir, '.secrets', 'KEPT_VARIABLE=1\nOPENCLAW_GATEWAY_BIND=everywhere\n'),
    says: /OPENCLAW_GATEWAY_BIND is removed from \.secrets, of which a copy is kept/,
    loses: ['token'],
    aside: /everywhere/,
  },
  'a provider’s key that is none': {
    spoil(dir) {
      mkdirSync(join(dir, 'credentials'), { mode: 0o700 })
      put(dir, 'credentials/openai-oauth.json', '{')
    },
    says: /openai-oauth\.json holds no key that `openclaw login` wrote -> moved aside/,
  },
  'an API key that is the token, too': {
    spoil: (dir) =>
      inKeys(dir, (text) =>
        text.replace(
          /"keys":\s*\[/,
          `"keys": [{"id":"same","key":"${TOKEN}","permissions":["read"]},`,
        ),
      ),
    says: /has the same value as API key same.*a new token was made/,
    loses: ['token'],
  },

  // The key.
  'a key that is missing': {
    spoil: (dir) => rmSync(join(dir, 'fingerprint.key')),
    says: /fingerprint\.key is missing -> a new one was made/,
  },
  'a key that is none': {
    spoil: (dir) => put(dir, 'fingerprint.key', 'short\n'),
    says: /fingerprint\.key holds no key -> moved aside, and a new one made/,
    aside: /short/,
  },

  // The store.
  'a store that was cut off': {
    spoil: (dir) => truncateSync(join(dir, 'store.sqlite'), 12 * 1024),
    says: /store\.sqlite is damaged.*-> moved aside; what can be read is kept/,
    loses: STORE_GONE,
  },
  'a store with a page of garbage': {
    spoil(dir) {
      const path = join(dir, 'store.sqlite')
      const bytes = readFileSync(path)
      // The last page holds the index or table that was made last: conversations and devices are before it.
      bytes.fill(0x5a, bytes.length - 4096)
      writeFileSync(path, bytes)
    },
    says: /store\.sqlite is damaged.*kept 1 conversation with 2 messages/,
  },
  'a store of zero bytes': {
    spoil: (dir) => truncateSync(join(dir, 'store.sqlite'), 0),
    says: /store\.sqlite is gone or empty.*-> a new one was made/,
    loses: STORE_GONE,
  },
  'a store that is garbage': {
    spoil: (dir) => put(dir, 'store.sqlite', 'no database at all\n'.repeat(1000)),
    says: /store\.sqlite is damaged/,
    loses: STORE_GONE,
    aside: /no database at all/,
  },
  'a store that is missing': {
    spoil: (dir) => rmSync(join(dir, 'store.sqlite')),
    says: /store\.sqlite is gone or empty/,
    loses: STORE_GONE,
  },
  'a store without one of its tables': {
    spoil: (dir) => sql(dir, 'DROP TABLE devices'),
    says: /store\.sqlite is damaged: no such table: devices/,
    loses: ['device'],
  },
  'a store without its senders': {
    spoil: (dir) => sql(dir, 'DROP TABLE senders'),
    says: /store\.sqlite is damaged: no such table: senders.*kept 1 conversation with[^]*2 devices, 0 senders/,
  },
  'a store of a newer version': {
    spoil: (dir) =>
      sql(
        dir,
        `INSERT INTO schema_migrations VALUES ('0999-later', 'x', 1); ALTER TABLE messages ADD COLUMN mood TEXT`,
      ),
    says: /made by another version of the gateway -> moved aside; what can be read is kept/,
  },
  'a store whose migration is another one': {
    spoil: (dir) => sql(dir, `UPDATE schema_migrations SET digest = 'x' WHERE name LIKE '0001%'`),
    says: /made by another version of the gateway/,
  },
  'a log of a database that is no log': {
    spoil: (dir) => put(dir, 'store.sqlite-wal', 'garbage'.repeat(1000)),
    says: /nothing to recover/,
    harmless: true,
  },
  'a recovery that was killed between two renames': {
    spoil(dir) {
      renameSync(join(dir, 'store.sqlite'), join(dir, 'store.sqlite.recovered'))
      put(dir, 'store.sqlite-wal', 'of the old one')
    },
    says: /an earlier recovery of store\.sqlite was interrupted -> finished/,
    aside: /of the old one/,
  },
  'a head of the record that is none': {
    spoil: (dir) => sql(dir, `UPDATE meta SET value = '{"sequence":' WHERE name = 'record.head'`),
    says: /the head of the record, in store\.sqlite, cannot be read/,
    aside: /record\.head/,
  },
  'a device whose row is damaged': {
    spoil: (dir) => sql(dir, `UPDATE devices SET document = '{"id":'`),
    says: /the record of device [0-9a-f]{64} cannot be read: it admits nobody/,
    loses: ['device'],
    harmless: true,
  },
  'devices with fields of a newer version': {
    spoil: (dir) =>
      sql(dir, `UPDATE devices SET document = replace(document, '"barred"', '"trust":1,"barred"')`),
    says: /the record of device [0-9a-f]{64} cannot be read: it admits nobody/,
    loses: ['device'],
    harmless: true,
  },
  'a pairing request that cannot be read': {
    spoil: (dir) => sql(dir, `INSERT INTO pairing_requests VALUES ('r', 'd', '{}')`),
    says: /1 pairing request and 0 setup codes in store\.sqlite cannot be read -> moved aside/,
    aside: /"request_id":"r"/,
  },
  'senders who cannot be read': {
    spoil: (dir) =>
      sql(
        dir,
        `INSERT INTO senders VALUES ('telegram', 'default', '42', '{"via":'); INSERT INTO sender_requests VALUES ('r7', ''); INSERT INTO sender_invitations VALUES ('i7', '{')`,
      ),
    says: /1 sender, 1 request of strangers and 1 invitation in.*let nobody in -> moved aside/,
    aside: /"sender_id":"42"[^]*"request_id":"r7"[^]*"invitation_id":"i7"/,
  },
  'messages under way that cannot be read': {
    spoil: (dir) =>
      sql(
        dir,
        `INSERT INTO inbox VALUES ('telegram', 'default', 'm7', 'waiting', '{', 1); INSERT INTO outbox VALUES ('o7', 'telegram', 'default', 1, '')`,
      ),
    says: /1 message to be answered and 1 to be sent.*-> moved aside/,
    aside: /"message_id":"m7"[^]*"id":"o7"/,
  },
  'the only administrator’s device was revoked': {
    async spoil(dir, { admin }) {
      const desk = await openDesk(dir)
      await desk.revoke(admin)
      await desk.close()
    },
    says: /no device is an administrator any more[^]*admin is back/,
    args: ({ admin }) => ['--device', admin],
    harmless: true,
  },
  'the only administrator’s device expired': {
    async spoil(dir, { admin }) {
      const desk = await openDesk(dir)
      const publicKey = desk.find(admin)?.publicKey ?? ''
      await desk.approve({ deviceId: admin, publicKey }, 1)
      await desk.close()
    },
    says: /no device is an administrator any more[^]*admin is back/,
    args: ({ admin }) => ['--device', admin],
    harmless: true,
  },

  // API keys, sessions, locks, the record, Tailscale.
  'an API key file that is no JSON': {
    spoil: (dir) => inKeys(dir, (text) => text.slice(0, -20)),
    says: /api_keys\.json.*moved aside: no API key is accepted/,
    loses: ['apiKey'],
  },
  'an API key file with an entry that is none': {
    spoil: (dir) =>
      inKeys(dir, (text) => text.replace(/"keys":\s*\[/, '"keys": [{"id":"bad id"},')),
    says: /api_keys\.json.*1 key moved aside, 2 kept/,
    aside: /bad id/,
  },
  'a folder in place of the API keys': {
    spoil: (dir) => folderAt(dir, 'auth/api_keys.json'),
    says: /auth\/api_keys\.json is no file -> moved aside/,
    loses: ['apiKey'],
  },
  'web sessions of another version': {
    spoil: (dir) => put(dir, 'web-sessions.json', '{"version":2}'),
    says: /web-sessions\.json is damaged or of another version -> moved aside/,
    aside: /"version":2/,
  },
  'a lock journal full of garbage': {
    spoil: (dir) => put(dir, 'locks.jsonl', 'not json\n{"a":1}\n'),
    says: /locks\.jsonl: 2 lines cannot be read -> moved aside/,
    aside: /not json/,
  },
  'a host that is locked out': {
    spoil: (dir) =>
      put(
        dir,
        'locks.jsonl',
        ['127.0.0.1', '203.0.113.9']
          .map((address) => JSON.stringify({ kind: 'lock', address, class: 'shared', until: 9e12 }))
          .join('\n'),
      ),
    says: /this host is locked out after wrong guesses -> the lock is lifted/,
  },
  'a record whose last line is torn': {
    spoil: (dir) => appendFileSync(segment(dir), '{"sequence":99999,"ha'),
    says: /admin is back/,
    harmless: true,
  },
  'a record that was cut below its head': {
    spoil(dir) {
      const path = segment(dir)
      const lines = readFileSync(path, 'utf8').split('\n')
      put(dir, path.slice(dir.length + 1), `${lines.slice(0, 2).join('\n')}\n`)
    },
    says: /were cut off the end[^]*admin is back/,
    harmless: true,
  },
  'a record that is gone': {
    spoil: (dir) => rmSync(join(dir, 'records'), { recursive: true }),
    says: /admin is back/,
    harmless: true,
  },
  'an identity of this machine that is none': {
    spoil(dir) {
      mkdirSync(join(dir, 'identity'), { mode: 0o700 })
      put(dir, 'identity/this-machine.json', '{"version":1}')
    },
    says: /identity\/this-machine\.json is damaged, and is left as it is/,
    harmless: true,
  },
  'a note on Tailscale that is none': {
    spoil: (dir) => put(dir, 'tailscale-serve.json', 'serve'),
    says: /tailscale-serve\.json cannot be read -> moved aside/,
    aside: /serve/,
  },
  'everything at once': {
    spoil(dir) {
      chmodSync(dir, 0o755)
      put(dir, 'openclaw.json', '{ gateway: ')
      put(dir, 'fingerprint.key', '')
      put(dir, 'store.sqlite', 'gone')
      put(dir, 'auth/api_keys.json', '{')
      put(dir, 'web-sessions.json', '{')
      put(dir, 'locks.jsonl', '{')
      put(dir, '.env', '=\n')
      cpSync(join(dir, 'openclaw.json'), join(dir, 'gateway.yaml'))
      folderAt(dir, 'gateway.sock')
      folderAt(dir, 'records')
      folderAt(dir, 'logs')
      folderAt(dir, 'logs/gateway.log')
    },
    says: /admin is back/,
    loses: OUT_OF_STATE,
  },
}
