/** Who may run `openclaw recover`, what it leaves alone, and what it says (SPEC 14.5, SPEC 10). */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeStateDir, startGateway, TOKEN } from './gateway.ts'
import { askOwner, newDevice, openclaw, treeOf } from './recover.fixture.ts'

const LINUX_ROOT = process.getuid?.() === 0 && process.platform === 'linux'
const asRoot = LINUX_ROOT ? test : test.skip
const NOBODY = 65_534
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
const CONFIG = { gateway: { port: 0, auth: { mode: 'token', token: TOKEN } } }

function stateDir(files: Readonly<Record<string, string>> = {}): string {
  const parent = mkdtempSync(join(tmpdir(), 'openclaw-recover-'))
  // Other users look for it there.
  chmodSync(parent, 0o755)
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const dir = join(parent, 's')
  mkdirSync(dir, { mode: 0o700 })
  const all = { 'openclaw.json': JSON.stringify(CONFIG), ...files }
  for (const [name, text] of Object.entries(all))
    writeFileSync(join(dir, name), text, { mode: 0o600 })
  return dir
}

asRoot('another user is refused, and nothing is touched', async () => {
  const dir = stateDir({ 'fingerprint.key': 'short' })
  chmodSync(dir, 0o777)
  const before = treeOf(dir)
  for (const args of [['recover'], ['recover', '--dry-run']]) {
    const { code, stdout, stderr } = await openclaw(dir, args, { wrapped: AS_NOBODY })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('only its owner, or root, may recover it')
  }
  expect(treeOf(dir)).toStrictEqual(before)
})

asRoot(
  'root recovers for the owner: every file is theirs afterwards, and they can start',
  async () => {
    const dir = stateDir({ 'fingerprint.key': 'short', 'store.sqlite': 'no database' })
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, dir])
    // What a command run with sudo leaves behind.
    chownSync(join(dir, 'openclaw.json'), 0, 0)
    writeFileSync(join(dir, 'openclaw.json.lock'), '', { mode: 0o600 })
    writeFileSync(join(dir, 'mine'), 'of root, and none of ours', { mode: 0o600 })
    const { code, stdout } = await openclaw(dir, ['recover'])
    expect(stdout).toContain('openclaw.json, openclaw.json.lock belonged to root -> given back')
    expect(code).toBe(0)
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    for (const name of names)
      expect([name, lstatSync(join(dir, name)).uid]).toEqual([name, name === 'mine' ? 0 : NOBODY])
    expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toContain(TOKEN)
    const again = await openclaw(dir, ['recover'], { wrapped: AS_NOBODY })
    expect(again.stdout).toContain('nothing to recover')
    expect(again.code).toBe(0)
  },
)

asRoot('root gives away nothing that has another name elsewhere', async () => {
  const dir = stateDir()
  const precious = join(dir, '../precious')
  writeFileSync(precious, 'of root', { mode: 0o600 })
  linkSync(precious, join(dir, 'web-sessions.json'))
  chownSync(dir, NOBODY, NOBODY)
  await openclaw(dir, ['recover'])
  expect(statSync(precious).uid).toBe(0)
  expect(readFileSync(precious, 'utf8')).toBe('of root')
})

asRoot('somebody’s link to a folder of root’s is refused', async () => {
  const dir = stateDir()
  chmodSync(dir, 0o755)
  const link = join(dir, '../link')
  symlinkSync(dir, link)
  lchownSync(link, NOBODY, NOBODY)
  const { code, stderr } = await openclaw(link, ['recover'])
  expect(stderr).toContain('is a link of uid 65534')
  expect(code).toBe(1)
  expect(statSync(dir).mode & 0o777).toBe(0o755)
})

asRoot('a socket that somebody else put there is not asked', async () => {
  const dir = stateDir()
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ principal: { kind: 'owner', scopes: ['operator.admin'] } })),
  ).listen(join(dir, 'gateway.sock'))
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  lchownSync(join(dir, 'gateway.sock'), NOBODY, NOBODY)
  const { stdout } = await openclaw(dir, ['recover'])
  expect(stdout).toContain('admin is back: the gateway starts')
})

asRoot(
  'a record on a disk that takes nothing: admin is back, loudly, and the record hears of it later',
  async () => {
    const dir = stateDir({ 'fingerprint.key': 'short' })
    mkdirSync(join(dir, 'records'), { mode: 0o700 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=0700', 'tmpfs', join(dir, 'records')])
    const umount = () => execFileSync('umount', ['-l', join(dir, 'records')])
    try {
      const { code, stdout } = await openclaw(dir, ['recover'])
      expect(stdout).toMatch(/record.*cannot be/)
      expect(stdout).toContain('recovered/unrecorded.jsonl')
      expect(stdout).toContain('answered you as its administrator')
      expect(code).toBe(0)
      expect(readFileSync(join(dir, 'recovered/unrecorded.jsonl'), 'utf8')).toContain('recover.key')
    } finally {
      umount()
    }
    expect((await openclaw(dir, ['recover'])).code).toBe(0)
    const [name = ''] = readdirSync(join(dir, 'records'))
    expect(readFileSync(join(dir, 'records', name), 'utf8')).toContain('"event":"recover.key"')
    expect(existsSync(join(dir, 'recovered/unrecorded.jsonl'))).toBe(false)
  },
)

test('beside a gateway that runs, what is wrong on disk is said, the token is shown, and nothing is touched', async () => {
  const dir = makeStateDir({ config: CONFIG })
  const gateway = await startGateway({ dir })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const whole = await openclaw(dir, ['recover'])
  expect(whole.code).toBe(0)
  expect(whole.stdout).toContain('nothing to recover')
  expect(whole.stdout).toContain('Lost the token? openclaw config get gateway.auth.token --reveal')
  expect(whole.stdout).not.toContain(TOKEN)
  const revealed = await openclaw(dir, ['recover', '--reveal'])
  expect(revealed.stdout).toContain(TOKEN)
  expect(revealed.stdout).not.toContain('Lost the token?')

  writeFileSync(join(dir, 'openclaw.json'), '{ broken', { mode: 0o600 })
  for (const args of [['recover'], ['recover', '--dry-run']]) {
    const ran = await openclaw(dir, args)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/wrong +config: openclaw\.json .*its next start would fail/)
    expect(ran.stdout).toContain('Correct it, or: openclaw gateway stop && openclaw recover')
    expect(ran.stdout).not.toContain('nothing to recover')
    expect(ran.stdout).toContain('the gateway that runs here answers you as its administrator')
  }
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toBe('{ broken')
  expect(existsSync(join(dir, 'recovered'))).toBe(false)

  const device = await openclaw(dir, ['recover', '--device', newDevice().deviceId])
  expect(device.code).toBe(1)
  expect(device.stderr).toContain('openclaw gateway stop')

  rmSync(join(dir, 'gateway.sock'))
  const deaf = await openclaw(dir, ['recover'])
  expect(deaf.code).toBe(1)
  expect(deaf.stderr).toContain(`kill ${gateway.child.pid}`)
  expect((await gateway.ask({})).status).toBe(200)
})

test('--json says the same, and --reveal alone shows the secret', async () => {
  const dir = stateDir({ 'openclaw.json': '{ gateway: { port: 0, auth: { mode: "token" } } }' })
  const first = await openclaw(dir, ['recover', '--json'])
  expect(JSON.parse(first.stdout)).toMatchObject({
    admin: true,
    proof: 'trial',
    made: ['gateway.auth.token'],
    secret: null,
    done: [{ kind: 'repaired', step: 'token', aside: [expect.stringMatching(/^recovered\//)] }],
  })
  const config = readFileSync(join(dir, 'openclaw.json'), 'utf8')
  const [, token = 'none'] = /token: "([0-9a-f]{64})"/.exec(config) ?? []
  expect(first.stdout + first.stderr).not.toContain(token)
  const revealed = await openclaw(dir, ['recover', '--json', '--reveal'])
  expect(JSON.parse(revealed.stdout)).toMatchObject({ secret: token })
})

test('--dry-run says all that the real run does, once each', async () => {
  const files = { 'openclaw.json': '{ gateway: { port: 0, bnid: "lan" } }', 'store.sqlite': 'no' }
  const dir = stateDir(files)
  const foreseen = await openclaw(dir, ['recover', '--dry-run'])
  expect(foreseen.code).toBe(1)
  const real = await openclaw(dir, ['recover'])
  const stepsOf = (text: string, word: string): readonly (string | undefined)[] =>
    [...text.matchAll(new RegExp(`^${word} +(\\w+):`, 'gm'))].map(([, step]) => step)
  expect(stepsOf(foreseen.stdout, 'wrong')).toEqual(['config', 'token', 'key', 'store'])
  expect(stepsOf(real.stdout, 'repaired')).toEqual(['config', 'token', 'key', 'store'])
  expect(foreseen.stdout).toContain('-> would make a new one\n')
  expect(real.stdout).toContain('until `openclaw config set gateway.auth.allowLocalDirect true`')
})

test('a device that nobody knows is not approved', async () => {
  const dir = stateDir()
  const { deviceId } = newDevice()
  const { code, stderr } = await openclaw(dir, ['recover', '--device', deviceId])
  expect(code).toBe(1)
  expect(stderr).toContain(`device ${deviceId} is not known here`)
})

test('what is wrong outside the state dir is named, and not changed', async () => {
  const dir = stateDir({ 'openclaw.json': '{ gateway: { port: 0, bind: "lan" } }' })
  const { code, stdout } = await openclaw(dir, ['recover'], {
    env: { OPENCLAW_GATEWAY_TOKEN: 'weak' },
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /left .*this token has 4 characters.*environment variable OPENCLAW_GATEWAY_TOKEN/,
  )
})

test('a client of another machine’s gateway does not become a gateway', async () => {
  const dir = stateDir({ 'openclaw.json': '{ gateway: { mode: "remote" } }' })
  const { code, stdout } = await openclaw(dir, ['recover'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/left .*gateway on another machine/)
  expect(existsSync(join(dir, 'store.sqlite'))).toBe(false)
})

test('the login link and the owner’s rights after it are the gateway’s own', async () => {
  const dir = stateDir({ 'openclaw.json': '' })
  expect((await openclaw(dir, ['recover'])).code).toBe(0)
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  const { text } = await askOwner(dir, '/api/v1/whoami')
  expect(text).toContain('operator.admin')
  // Nothing is known of who was let in without a credential: nobody is.
  expect((await gateway.ask({})).status).toBe(401)
})
