import { createHash, createPublicKey, verify } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Secret } from '../core/secret.ts'
import { ask } from './client.ts'
import { SETTINGS, testContext } from './context.fixture.ts'
import { introduce } from './introduce.ts'
import type { Method } from './methods.ts'
import { noAnswerInWords } from './no-answer.ts'
import { pairDevice } from './pair-device.ts'
import type { Parts } from './parts.ts'
import {
  HELLO,
  standIn,
  type Connect,
  type Reply,
  type StandIn,
  type StandInOptions,
} from './stand-in.fixture.ts'

const TOKEN = 'tok-0123456789abcdef0123456789abcdef'
const DEVICE_TOKEN = 'ocd_first-0123456789'
const shape = z.looseObject({ ok: z.boolean() })
const open: StandIn[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const hello = (deviceToken: string, scopes: readonly string[]): Reply => ({
  payload: { ...HELLO, auth: { role: 'operator', scopes, deviceToken } },
})
const refuse = (code: string, details: object): Reply => ({
  error: { code, message: 'no', details },
})

async function gateway(onConnect: StandInOptions['onConnect']) {
  const answer = () => ({ payload: { ok: true } })
  const server = await standIn('port', answer, onConnect === undefined ? {} : { onConnect })
  open.push(server)
  return server
}

/** A machine of its own: an empty state dir, and commands in it. */
function machine(parts: Partial<Parts> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'openclaw-paired-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const { context, written } = testContext({ stateDir: () => stateDir, ...parts })
  const args = (server: StandIn, more: Record<string, string> = {}) => ({
    positionals: [],
    options: { url: `http://127.0.0.1:${server.port}`, ...more },
  })
  return {
    written,
    context,
    file: (name: string) => join(stateDir, 'identity', name),
    pair: (server: StandIn, more = { token: TOKEN }) =>
      pairDevice({ scopes: ['operator.read'] }, args(server, more), context),
    ask: (server: StandIn, method: Method = 'status', more: Record<string, string> = {}) =>
      ask({ method, shape }, args(server, more), context),
  }
}

/** Lets every device in that proves its key, and gives it the token. */
async function paired(scopes: readonly string[] = ['operator.read']) {
  const state = { reply: (_connect: Connect): Reply => hello(DEVICE_TOKEN, scopes) }
  const server = await gateway((connect) => state.reply(connect))
  const me = machine()
  expect(await me.pair(server)).toMatchObject({ kind: 'paired', scopes })
  return { server, me, state }
}

/** As PROTOCOL 2.4 has it, written down a second time. */
function isProven({ device, client, role, scopes, auth, nonce }: Connect): boolean {
  const proof = z
    .object({
      id: z.string(),
      publicKey: z.string(),
      signature: z.string(),
      signedAt: z.number(),
      nonce: z.literal(nonce),
    })
    .parse(device)
  const raw = Buffer.from(proof.publicKey, 'base64url')
  const token = auth?.['token'] ?? auth?.['deviceToken'] ?? auth?.['bootstrapToken'] ?? ''
  const payload = `v3|${proof.id}|${client['id']}|${client['mode']}|${role}|${scopes.join(',')}|${proof.signedAt}|${token}|${nonce}|${client['platform']}|`
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const signature = Buffer.from(proof.signature, 'base64url')
  return (
    proof.id === createHash('sha256').update(raw).digest('hex') &&
    verify(null, Buffer.from(payload), key, signature)
  )
}

describe('pairing this machine with a gateway elsewhere', () => {
  it('shows its key with the token, waits for approval, and keeps the device token', async () => {
    const state = { approved: false }
    const server = await gateway(() =>
      state.approved
        ? hello(DEVICE_TOKEN, ['operator.read'])
        : refuse('NOT_PAIRED', { code: 'PAIRING_REQUIRED', requestId: 'p-1' }),
    )
    const me = machine()
    const address = `http://127.0.0.1:${server.port}`
    expect(await me.pair(server)).toEqual({
      kind: 'pending',
      gateway: address,
      requestId: 'p-1',
      deviceId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    state.approved = true
    expect(await me.pair(server)).toEqual({
      kind: 'paired',
      gateway: address,
      scopes: ['operator.read'],
    })
    expect(server.connects.map(isProven)).toEqual([true, true])
    expect(server.connects[0]).toMatchObject({ auth: { token: TOKEN }, scopes: ['operator.read'] })
    expect(server.connects[0]?.device?.['id']).toBe(server.connects[1]?.device?.['id'])
    expect(readFileSync(me.file('gateway-tokens.json'), 'utf8')).toContain(DEVICE_TOKEN)
    for (const name of ['this-machine.json', 'gateway-tokens.json'])
      expect(statSync(me.file(name)).mode & 0o777).toBe(0o600)
  })

  it('by a setup code', async () => {
    const server = await gateway(() => hello(DEVICE_TOKEN, ['operator.read']))
    const { context } = machine()
    const args = { positionals: [], options: { url: `http://127.0.0.1:${server.port}` } }
    const wanted = { scopes: ['operator.read'], setupCode: new Secret('code-1') } as const
    expect((await pairDevice(wanted, args, context)).kind).toBe('paired')
    expect(server.connects[0]).toMatchObject({
      role: 'node',
      scopes: [],
      auth: { bootstrapToken: 'code-1' },
    })
    expect(server.connects.map(isProven)).toEqual([true])
  })

  it.each([
    ['has no room', refuse('NOT_PAIRED', { code: 'PAIRING_REQUIRED' }), 'refused'],
    ['does not know the token', refuse('X', { code: 'AUTH_TOKEN_MISMATCH' }), 'refused'],
    ['pairs nobody', { payload: HELLO }, 'broken'],
    ['is none', { payload: null }, 'broken'],
  ] as const)('says why not when the gateway %s', async (_what, reply, kind) => {
    const server = await gateway(() => reply)
    expect(await machine().pair(server)).toMatchObject({ kind })
  })

  it('is for gateways elsewhere, and says when none answers', async () => {
    const { context } = machine()
    const here = await pairDevice({ scopes: [] }, { positionals: [], options: {} }, context)
    expect(here).toMatchObject({ kind: 'wrong', message: expect.stringContaining('--url') })
    const options = { url: 'http://127.0.0.1:1' }
    expect(await pairDevice({ scopes: [] }, { positionals: [], options }, context)).toMatchObject({
      kind: 'not-running',
      tried: ['http://127.0.0.1:1'],
    })
  })

  it('is not done before the token is on the disk', async () => {
    const server = await gateway(() => hello(DEVICE_TOKEN, ['operator.read']))
    const me = machine()
    await me.pair(server)
    rmSync(me.file('gateway-tokens.json'))
    writeFileSync(me.file('gateway-tokens.json.lock'), 'no lock of ours')
    expect(await me.pair(server)).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('cannot be locked'),
    })
  })
})

describe('a command to a gateway that this machine is paired with', () => {
  it('shows the device token and proves the key, when no token is given', async () => {
    const { server, me } = await paired()
    expect((await me.ask(server)).kind).toBe('answered')
    expect(server.connects[1]).toMatchObject({ auth: { deviceToken: DEVICE_TOKEN } })
    expect(server.connects[1]?.auth).toEqual({ deviceToken: DEVICE_TOKEN })
    expect(server.connects.slice(1).every(isProven)).toBe(true)
  })

  it('asks for no more than it was approved for, but for what it needs', async () => {
    const { server, me } = await paired(['operator.read'])
    await me.ask(server, 'status')
    await me.ask(server, 'lockouts.list')
    expect(server.connects.slice(1).map(({ scopes }) => scopes)).toEqual([
      ['operator.read'],
      ['operator.admin'],
    ])
  })

  it('keeps a newer device token that a hello brings', async () => {
    const { server, me, state } = await paired()
    state.reply = () => hello('ocd_second', ['operator.read', 'operator.write'])
    await me.ask(server)
    await me.ask(server)
    expect(server.connects.at(-1)?.auth).toEqual({ deviceToken: 'ocd_second' })
  })

  it('R47: keeps the device token that was refused, and says what to do', async () => {
    const { server, me, state } = await paired()
    const before = readFileSync(me.file('gateway-tokens.json'), 'utf8')
    state.reply = () => refuse('INVALID_REQUEST', { code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
    const answer = await me.ask(server)
    expect(answer.kind === 'answered' ? '' : noAnswerInWords(answer)).toMatch(
      /this machine’s device token is no longer valid there.*with --token/,
    )
    expect(readFileSync(me.file('gateway-tokens.json'), 'utf8')).toBe(before)
    expect(JSON.stringify(answer)).not.toContain(DEVICE_TOKEN)
  })

  it('R39: shows it to no other gateway, and not to the same one over another address', async () => {
    const { server, me } = await paired()
    const other = await gateway(undefined)
    await me.ask(other)
    const options = { url: `http://localhost:${server.port}` }
    await ask({ method: 'status', shape }, { positionals: [], options }, me.context)
    for (const { auth, device } of [...other.connects, ...server.connects.slice(1)])
      expect([auth, device]).toEqual([undefined, undefined])
    expect(server.connects).toHaveLength(2)
  })

  it('says when the new device token could not be kept, and answers all the same', async () => {
    const { server, me, state } = await paired()
    state.reply = () => hello('ocd_second', ['operator.read'])
    rmSync(me.file('gateway-tokens.json.lock'))
    writeFileSync(me.file('gateway-tokens.json.lock'), 'no lock of ours')
    expect((await me.ask(server)).kind).toBe('answered')
    expect(me.written.err).toMatch(/^openclaw: warning: the device token .* was not kept: /)
  })

  it.each([
    ['this-machine.json', 'is damaged'],
    ['gateway-tokens.json', 'is damaged'],
  ])('R47: does not go without when %s %s', async (name, message) => {
    const { server, me } = await paired()
    writeFileSync(me.file(name), '{}')
    expect(await me.ask(server)).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining(`${me.file(name)} ${message}`),
    })
    expect(server.connects).toHaveLength(1)
    expect((await me.ask(server, 'status', { token: TOKEN })).kind).toBe('answered')
  })

  it('does not use a key that others could have read', async () => {
    const { server, me } = await paired()
    chmodSync(me.file('this-machine.json'), 0o644)
    expect(await me.ask(server)).toMatchObject({ kind: 'broken' })
  })
})

describe('a command with a token', () => {
  it('comes without a device where this machine is not paired, and makes no identity', async () => {
    const server = await gateway(undefined)
    const me = machine()
    await me.ask(server, 'status', { token: TOKEN })
    expect(server.connects).toMatchObject([{ auth: { token: TOKEN } }])
    expect(server.connects[0]?.device).toBeUndefined()
    expect(() => statSync(me.file('this-machine.json'))).toThrow(/ENOENT/)
  })

  it('comes as the device where it is, if that may do what is asked', async () => {
    const { server, me } = await paired(['operator.admin'])
    await me.ask(server, 'status', { token: TOKEN })
    expect(server.connects[1]?.auth).toEqual({ token: TOKEN })
    expect(server.connects[1]?.scopes).toEqual(['operator.read', 'operator.admin'])
    expect(server.connects.slice(1).every(isProven)).toBe(true)
  })

  it('comes as the token’s bearer alone, where the device may do less', async () => {
    const { server, me } = await paired(['operator.read'])
    await me.ask(server, 'lockouts.list', { token: TOKEN })
    expect(server.connects[1]).toMatchObject({ auth: { token: TOKEN }, scopes: ['operator.admin'] })
    expect(server.connects[1]?.device).toBeUndefined()
  })
})

describe('where a device has no say', () => {
  it('on this host', async () => {
    const { server, me } = await paired()
    const local = await standIn('socket', () => ({ payload: { ok: true } }))
    open.push(local)
    const settings: Parts['settings'] = async () => ({
      kind: 'settings',
      settings: { ...SETTINGS, port: server.port },
    })
    for (const parts of [{ ownerSocket: async () => local.socketPath }, { settings }]) {
      const context = { ...me.context, parts: { ...me.context.parts, ...parts } }
      await ask({ method: 'status', shape }, { positionals: [], options: {} }, context)
    }
    expect([local.connects.length, server.connects.length]).toEqual([1, 2])
    for (const { auth, device } of [...local.connects, ...server.connects.slice(1)])
      expect([auth, device]).toEqual([undefined, undefined])
  })

  it('where anybody on the way could listen', async () => {
    const { server, me } = await paired()
    const tokens = readFileSync(me.file('gateway-tokens.json'), 'utf8')
    const moved = tokens.replace(`127.0.0.1:${server.port}`, 'gateway.test')
    writeFileSync(me.file('gateway-tokens.json'), moved)
    const introduced = async (url: string) =>
      introduce(
        { kind: 'address', url: new URL(url), thisHost: false, credential: null },
        'status',
        me.context,
      )
    const nobody = { introduction: { device: null, credential: null } }
    expect(await introduced('http://gateway.test')).toMatchObject(nobody)
    writeFileSync(me.file('gateway-tokens.json'), moved.replace('ws://', 'wss://'))
    expect(await introduced('https://gateway.test')).toMatchObject({
      introduction: { credential: { field: 'deviceToken' } },
    })
  })

  it('signs nothing for a gateway that does not tell the time', async () => {
    const { server, me } = await paired()
    await server.close()
    open.length = 0
    const timeless = await standIn('port', () => ({ payload: { ok: true } }), { timeless: true })
    open.push(timeless)
    const tokens = readFileSync(me.file('gateway-tokens.json'), 'utf8')
    const moved = tokens.replace(`:${server.port}`, `:${timeless.port}`)
    writeFileSync(me.file('gateway-tokens.json'), moved)
    expect(await me.ask(timeless)).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('no challenge that a device could sign'),
    })
    expect(timeless.connects).toEqual([])
  })
})
