/** Bad input at a start: what the operator reads, and that nothing of theirs was touched (SPEC 13). */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeStateDir, runCli, startGateway, TOKEN, type Setup } from './gateway.ts'

interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly says: readonly (string | RegExp)[]
  readonly prepare?: (dir: string) => void
}

const KEYS = { security: { apiKeys: { enabled: true, file: 'auth/api_keys.json' } } }
const config = (value: unknown): Readonly<Record<string, string>> => ({
  'openclaw.json': JSON.stringify(value),
})

const CASES: Readonly<Record<string, Case>> = {
  'broken JSON5': {
    files: { 'openclaw.json': '{\n  gateway: {\n    port: 18789,,\n  }\n}\n' },
    says: ['openclaw.json:3', /Correct the file/],
  },
  'broken YAML': {
    files: { 'gateway.yaml': 'gateway:\n  bind: [loopback\n  mode: local\n' },
    says: [/gateway\.yaml:[23]/, /Correct the file/],
  },
  'an unknown key': {
    files: { 'openclaw.json': '{\n  gateway: {\n    auth: { tokn: "x" },\n  },\n}\n' },
    says: ['openclaw.json:3', 'gateway.auth.tokn', 'Did you mean gateway.auth.token?'],
  },
  'a value of the wrong type': {
    files: { 'openclaw.json': '{\n  gateway: {\n    bind: 7,\n  },\n}\n' },
    says: ['openclaw.json:3', 'gateway.bind', '7 is not accepted', 'loopback, lan'],
  },
  'a section that is a list': {
    files: { 'openclaw.json': '{\n  gateway: [],\n}\n' },
    says: ['openclaw.json:2', 'gateway'],
  },
  'a file that is no object': { files: { 'openclaw.json': '[]' }, says: ['openclaw.json'] },
  'a config that is a folder': {
    files: {},
    says: ['openclaw.json', 'is not a file'],
    prepare: (dir) => mkdirSync(join(dir, 'openclaw.json')),
  },
  'a config that everyone may write': {
    files: config({}),
    says: ['openclaw.json', /written by everyone/, /chmod 600/],
    prepare: (dir) => chmodSync(join(dir, 'openclaw.json'), 0o606),
  },
  'a variable that is not set': {
    files: { 'openclaw.json': '{\n  gateway: { auth: { token: "${NOPE_TOKEN}" } },\n}\n' },
    says: ['openclaw.json:2', 'gateway.auth.token', 'NOPE_TOKEN', /\.env/],
  },
  'two configurations': {
    files: { 'openclaw.json': '{}', 'gateway.yaml': 'gateway: {}\n' },
    says: ['openclaw.json', 'gateway.yaml', 'two configuration files'],
  },
  'a damaged store': {
    files: { 'store.sqlite': 'this is no database at all, however long it may be\n'.repeat(100) },
    says: ['store.sqlite', 'damaged', /backup/],
  },
  'a damaged fingerprint key': {
    files: { 'fingerprint.key': 'short\n' },
    says: ['fingerprint.key', /Delete it/],
  },
  'a malformed API key file': {
    files: {
      ...config({ ...KEYS, gateway: { auth: { token: TOKEN } } }),
      'auth/api_keys.json': '{"keys":[\n{"id":"a",\n"key": oops}\n]}',
    },
    says: ['api_keys.json', 'line 3'],
  },
  'HTTPS, which comes later': {
    files: config({ gateway: { tls: { enabled: true } } }),
    says: ['gateway.tls.enabled', /unset the key/i],
  },
  'signed proxy identity, which comes later': {
    files: config({
      gateway: {
        trustedProxies: ['10.0.0.1'],
        auth: {
          mode: 'trusted-proxy',
          trustedProxy: {
            userHeader: 'x-user',
            jwt: { header: 'x-jwt', issuer: 'a', audience: 'b', jwksUri: 'https://a.example/b' },
          },
        },
      },
    }),
    says: ['gateway.auth.trustedProxy.jwt', /unset the key/i],
  },
  'PostgreSQL, which comes later': {
    files: config({ store: { url: 'postgres://a.example/b' } }),
    says: ['store.url', /unset the key/i],
  },
  'Redis, which comes later': {
    files: config({ cluster: { redis: 'redis://127.0.0.1' } }),
    says: ['cluster.redis', /unset the key/i],
  },
}

test.each(Object.entries(CASES))('%s: refused in words, the files as they were', (_, one) => {
  const dir = stateDir({ files: one.files })
  one.prepare?.(dir)
  const before = digests(dir, one.files)
  const { code, stdout, stderr } = runCli(dir, ['gateway', '--port', '0'])
  expect(code).toBe(1)
  expect(stdout).not.toContain('listens on')
  for (const part of one.says) expect(stderr).toMatch(part)
  readsLikeAMessage(stderr)
  expect(digests(dir, one.files)).toStrictEqual(before)
})

test('two mistakes are both named', () => {
  const dir = stateDir({ files: { 'openclaw.json': '{\n gateway: { bind: 7,\n mode: "x" } }' } })
  const { code, stderr } = runCli(dir, ['gateway', '--port', '0'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/gateway\.bind/)
  expect(stderr).toMatch(/gateway\.mode/)
})

test('a state dir that is a file: its path, and what to do', () => {
  const dir = stateDir({ files: { occupied: 'mine' } })
  const path = join(dir, 'occupied')
  const { code, stderr } = runCli(dir, ['gateway'], { env: { OPENCLAW_STATE_DIR: path } })
  expect(code).toBe(1)
  expect(stderr).toContain(path)
  expect(stderr).toContain('OPENCLAW_STATE_DIR')
  readsLikeAMessage(stderr)
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('a port in use: the port and a way out; the program there goes on', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const { code, stderr } = runCli(stateDir({}), ['gateway', '--port', String(port)])
  expect(code).toBe(1)
  expect(stderr).toContain(String(port))
  expect(stderr).toMatch(/in use.*--port \d+/s)
  readsLikeAMessage(stderr)
})

test('a second gateway on one state dir: refused with who is there, the first goes on', async () => {
  const dir = stateDir({ config: { gateway: { auth: { token: TOKEN } } } })
  const first = await startGateway({ dir })
  onTestFinished(async () => void (await first.stop()))
  const { code, stderr } = runCli(dir, ['gateway', '--port', '0'])
  expect(code).toBe(1)
  expect(stderr).toContain(String(first.child.pid))
  expect(stderr).toContain(dir)
  readsLikeAMessage(stderr)
  expect((await first.ask({})).status).toBe(200)
  expect(first.cli(['status']).code).toBe(0)
})

test('damaged locks and web sessions are said and do not keep the owner out', async () => {
  const dir = stateDir({
    files: { 'locks.jsonl': 'not json\n{"a":1}\n', 'web-sessions.json': '{broken' },
  })
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  expect(gateway.output()).toMatch(/locks\.jsonl.*2 line/)
  expect(gateway.output()).toMatch(/web-sessions\.json is damaged/)
  expect((await gateway.ask({})).status).toBe(200)
})

function stateDir(setup: Setup): string {
  const dir = makeStateDir(setup)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function readsLikeAMessage(text: string): void {
  expect(text).not.toMatch(/^\s+at |node:internal|\.js:\d+|Error:|undefined|\[object/m)
  expect(text.startsWith('openclaw: ')).toBe(true)
}

function digests(dir: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.keys(files)
    .filter((name) => existsSync(join(dir, name)))
    .map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(dir, name)))
        .digest('hex'),
    ])
  return Object.fromEntries(found)
}
