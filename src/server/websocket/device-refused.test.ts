import { BY_OWNER } from '../../pairing/people.fixture.ts'
import { describe, expect, it } from 'vitest'
import type { PresentedDevice } from '../../access/device-proof.ts'
import { TestDevice } from '../../access/device.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { makeSetupCode } from '../../pairing/redeem.ts'
import { asking, operator, paired, returning } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, refusal, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN, type TestGateway } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const OWNER = { scopes: ALL_SCOPES, deviceId: null, name: 'owner:owner' }
const stranger = new TestDevice()
const shifted = (ms: number) => (one: PresentedDevice) => ({ ...one, signedAt: one.signedAt + ms })

interface ProofRow {
  readonly name: string
  readonly tamper: (presented: PresentedDevice) => PresentedDevice
  readonly message: string
  readonly code: string
  readonly reason: string
}
const MISMATCH = {
  message: 'device identity mismatch',
  code: 'DEVICE_AUTH_DEVICE_ID_MISMATCH',
  reason: 'device-id-mismatch',
}
const EXPIRED = {
  message: 'device signature expired',
  code: 'DEVICE_AUTH_SIGNATURE_EXPIRED',
  reason: 'device-signature-stale',
}
const NONCE = {
  message: 'device nonce mismatch',
  code: 'DEVICE_AUTH_NONCE_MISMATCH',
  reason: 'device-nonce-mismatch',
}
const SIGNATURE = {
  message: 'device signature invalid',
  code: 'DEVICE_AUTH_SIGNATURE_INVALID',
  reason: 'device-signature',
}
const KEY = {
  message: 'device public key invalid',
  code: 'DEVICE_AUTH_PUBLIC_KEY_INVALID',
  reason: 'device-public-key',
}
const PROOFS: readonly ProofRow[] = [
  { name: 'the id of another key', tamper: (one) => ({ ...one, id: stranger.id }), ...MISMATCH },
  {
    name: 'its id in capitals',
    tamper: (one) => ({ ...one, id: one.id.toUpperCase() }),
    ...MISMATCH,
  },
  { name: 'its id with a blank', tamper: (one) => ({ ...one, id: `${one.id} ` }), ...MISMATCH },
  {
    name: 'another key',
    tamper: (one) => ({ ...one, publicKey: stranger.publicKey }),
    ...MISMATCH,
  },
  { name: 'a clock two minutes behind', tamper: shifted(-121_000), ...EXPIRED },
  { name: 'a clock two minutes ahead', tamper: shifted(122_000), ...EXPIRED },
  { name: 'a time that is none', tamper: (one) => ({ ...one, signedAt: 0 }), ...EXPIRED },
  {
    name: 'a blank nonce',
    tamper: (one) => ({ ...one, nonce: '  ' }),
    message: 'device nonce required',
    code: 'DEVICE_AUTH_NONCE_REQUIRED',
    reason: 'device-nonce-missing',
  },
  { name: 'a nonce of its own', tamper: (one) => ({ ...one, nonce: 'mine' }), ...NONCE },
  { name: 'a time that it did not sign', tamper: shifted(1), ...SIGNATURE },
  {
    name: 'a signature that is none',
    tamper: (one) => ({ ...one, signature: 'c2ln' }),
    ...SIGNATURE,
  },
  { name: 'no key', tamper: (one) => ({ ...one, publicKey: 'AAAA' }), ...KEY },
  {
    name: 'a key of 33 bytes',
    tamper: (one) => ({ ...one, publicKey: `${one.publicKey}AA` }),
    ...KEY,
  },
]

describe('a proof that does not hold (PROTOCOL 2.8)', () => {
  it.each(PROOFS)('$name', async ({ tamper, message, code, reason }) => {
    const gateway = await start()
    const refused = {
      code: 'INVALID_REQUEST',
      message,
      details: { code, reason },
      close: { code: 1008, reason: message },
    }
    const device = new TestDevice()
    for (const auth of [{ token: TOKEN }, { token: 'wrong' }, { deviceToken: 'ocd_x' }, {}]) {
      const params = { auth }
      expect(await refusal(gateway.port, { device, tamper, headers: REMOTE, params })).toEqual(
        refused,
      )
    }
    // The owner needs no device, but does not get in with one that is not theirs.
    expect(await refusal(gateway.port, { device, tamper })).toEqual(refused)
    expect(gateway.desk.book.requests()).toEqual([])
    // What was wrong besides is counted all the same; the proof itself is no guess.
    expect(gateway.written.map(({ failures }) => failures.length)).toEqual([0, 1, 1, 0, 0])
  })

  it('the payload without a nonce, which anybody could replay', async () => {
    const gateway = await start()
    const { details } = await refusal(gateway.port, { ...asking({}), version: 'v1' })
    expect(details).toEqual({ code: SIGNATURE.code, reason: SIGNATURE.reason })
  })

  it('an empty nonce is no frame of the protocol at all', async () => {
    const gateway = await start()
    const tamper = (one: PresentedDevice) => ({ ...one, nonce: '' })
    const { code, message } = await refusal(gateway.port, { ...asking({}), tamper })
    expect([code, message]).toEqual([
      'INVALID_REQUEST',
      expect.stringMatching(/^invalid connect params: at \/device\/nonce: /),
    ])
  })

  it('a proof that was made for another socket, however fresh', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const seen: PresentedDevice[] = []
    const spy = (one: PresentedDevice) => {
      seen.push(one)
      return one
    }
    await refusal(gateway.port, { ...asking({ device }), tamper: spy })
    const [stolen] = seen
    if (stolen === undefined) throw new Error('nothing was signed')
    const replay = await refusal(gateway.port, { ...asking({ device }), tamper: () => stolen })
    expect(replay.details).toEqual({ code: NONCE.code, reason: NONCE.reason })
    const tamper = (one: PresentedDevice) => ({ ...stolen, nonce: one.nonce })
    const renewed = await refusal(gateway.port, { ...asking({ device }), tamper })
    expect(renewed.details).toEqual({ code: SIGNATURE.code, reason: SIGNATURE.reason })
  })

  it.each([
    ['nothing else', {}, 'AUTH_DEVICE_TOKEN_MISMATCH'],
    ['more scopes', { scopes: ['operator.read', 'operator.admin'] }, SIGNATURE.code],
    ['scopes that nobody knows', { scopes: ['operator.read', 'x'] }, SIGNATURE.code],
    ['scopes in another order', { scopes: ['operator.write', 'operator.read'] }, SIGNATURE.code],
    ['one scope with a comma', { scopes: ['operator.read', ' operator.write'] }, SIGNATURE.code],
    ['another role', { role: 'node' }, SIGNATURE.code],
    ['another word for the role', { role: 'control' }, SIGNATURE.code],
    ['another token', { auth: { deviceToken: 'ocd_y' } }, SIGNATURE.code],
    ['a token before it', { auth: { token: TOKEN, deviceToken: 'ocd_x' } }, SIGNATURE.code],
    ['another client', { client: { ...BASE_PARAMS.client, id: 'test' } }, SIGNATURE.code],
    ['another platform', { client: { ...BASE_PARAMS.client, platform: 'mac' } }, SIGNATURE.code],
  ])('a signature over other words than those that are said: %s', async (_name, said, code) => {
    const gateway = await start()
    const scopes = ['operator.read', 'operator.write']
    const client = new TestClient(gateway.port, { headers: REMOTE })
    const { payload } = await client.event('connect.challenge')
    const words = {
      clientId: 'cli',
      clientMode: 'cli',
      role: 'operator',
      scopes,
      token: 'ocd_x',
      platform: 'linux',
      deviceFamily: '',
    }
    const { nonce, ts } = payload ?? {}
    const device = stranger.present(words, { nonce: String(nonce), signedAt: Number(ts) })
    const answer = await client.connect({ scopes, auth: { deviceToken: 'ocd_x' }, ...said, device })
    expect(answer.error?.details?.['code']).toBe(code)
    await client.close()
  })
})

const DEVICE_TOKEN = {
  code: 'INVALID_REQUEST',
  message: 'unauthorized: device token mismatch (rotate/reissue device token)',
  details: {
    code: 'AUTH_DEVICE_TOKEN_MISMATCH',
    authReason: 'device_token_mismatch',
    canRetryWithDeviceToken: false,
    recommendedNextStep: 'review_auth_configuration',
  },
  close: {
    code: 1008,
    reason: 'unauthorized: device token mismatch (rotate/reissue device token)',
  },
}
const TOO_NARROW = {
  code: 'INVALID_REQUEST',
  message: 'unauthorized: device token scope mismatch (re-pair or approve scope upgrade)',
  details: {
    code: 'AUTH_SCOPE_MISMATCH',
    authReason: 'scope_mismatch',
    canRetryWithDeviceToken: false,
    recommendedNextStep: 'review_auth_configuration',
  },
  close: {
    code: 1008,
    reason: 'unauthorized: device token scope mismatch (re-pair or approve scope upgrade)',
  },
}

describe('a device token that is not enough (PROTOCOL 2.8)', () => {
  const failuresOf = ({ written }: TestGateway) => written.at(-1)?.failures.map((one) => one.class)

  it('of another device, with a proof of one’s own key: counted', async () => {
    const gateway = await start()
    const { token } = await paired(gateway.port)
    const thief = { device: stranger, role: 'operator', scopes: [], token }
    expect(await refusal(gateway.port, returning(thief))).toEqual(DEVICE_TOKEN)
    expect(failuresOf(gateway)).toEqual(['device'])
  })

  it('without a device: counted, and nothing is said of the token', async () => {
    const gateway = await start()
    const { token } = await paired(gateway.port)
    for (const auth of [{ deviceToken: token }, { token, deviceToken: token }, { token }]) {
      const { details } = await refusal(gateway.port, { headers: REMOTE, params: { auth } })
      expect(details).toEqual(DEVICE_TOKEN.details)
      expect(failuresOf(gateway)).toEqual(['device'])
    }
  })

  it('for another role: refused for good, not counted, and no request is made', async () => {
    const gateway = await start()
    const one = await paired(gateway.port)
    for (const role of ['node', 'webchat'])
      expect(await refusal(gateway.port, returning(one, { role }))).toEqual(DEVICE_TOKEN)
    expect(failuresOf(gateway)).toEqual([])
    expect(gateway.desk.book.requests()).toEqual([])
  })

  it('for fewer scopes than are asked for: the same, and fewer or none are fine', async () => {
    const gateway = await start()
    const one = await paired(gateway.port, { scopes: ['operator.read', 'operator.pairing'] })
    const wide = ['operator.read', 'operator.write']
    expect(await refusal(gateway.port, returning(one, { scopes: wide }))).toEqual(TOO_NARROW)
    expect(failuresOf(gateway)).toEqual([])
    expect(gateway.desk.book.requests()).toEqual([])
    for (const scopes of [['operator.pairing'], [], undefined])
      await admitted(gateway.port, returning(one, { scopes }))
  })

  it('whose approval has ended', async () => {
    const time = { now: 1_800_000_000_000 }
    const gateway = await start({ clock: () => time.now })
    const one = await paired(gateway.port, { expires: '1h' })
    await admitted(gateway.port, returning(one))
    time.now += 3_600_000
    expect(await refusal(gateway.port, returning(one))).toEqual(DEVICE_TOKEN)
  })

  it.each(['device.token.revoke', 'device.pair.remove'])('after %s', async (method) => {
    const gateway = await start()
    const one = await paired(gateway.port)
    const role = method === 'device.token.revoke' ? { role: 'operator' } : {}
    const { ok } = await (
      await operator(gateway.port)
    ).call(method, { deviceId: one.device.id, ...role })
    expect(ok).toBe(true)
    expect(await refusal(gateway.port, returning(one))).toEqual(DEVICE_TOKEN)
  })
})

describe('a setup code that is not enough (PROTOCOL 2.8)', () => {
  const REFUSED = {
    code: 'AUTH_BOOTSTRAP_TOKEN_INVALID',
    authReason: 'bootstrap_token_invalid',
    canRetryWithDeviceToken: false,
    recommendedNextStep: 'review_auth_configuration',
  }
  const codeAt = async ({ desk }: TestGateway): Promise<string> => {
    const made = await makeSetupCode(desk, 'limited', OWNER, BY_OWNER)
    if (made.kind !== 'made') throw new Error(made.kind)
    return made.token.reveal()
  }
  const showing = (bootstrapToken: string, device: TestDevice, role = 'node') => ({
    device,
    headers: REMOTE,
    params: { auth: { bootstrapToken }, role, scopes: [] },
  })

  it('for whoever shows no key, and it can still be used after that', async () => {
    const gateway = await start()
    const code = await codeAt(gateway)
    const { device: _none, ...keyless } = showing(code, stranger)
    expect((await refusal(gateway.port, keyless)).details).toEqual(REFUSED)
    await admitted(gateway.port, showing(code, stranger))
  })

  it('that was used, by the same device or another', async () => {
    const gateway = await start()
    const code = await codeAt(gateway)
    await admitted(gateway.port, showing(code, stranger))
    for (const device of [stranger, new TestDevice()])
      expect((await refusal(gateway.port, showing(code, device))).details).toEqual(REFUSED)
  })

  it('that is ten minutes old', async () => {
    const time = { now: 1_800_000_000_000 }
    const gateway = await start({ clock: () => time.now })
    const code = await codeAt(gateway)
    time.now += 600_000
    expect((await refusal(gateway.port, showing(code, stranger))).details).toEqual(REFUSED)
  })

  it('for another role than it begins with, and it can still be used after that', async () => {
    const gateway = await start()
    const code = await codeAt(gateway)
    const wrongRole = showing(code, stranger, 'operator')
    expect((await refusal(gateway.port, wrongRole)).details).toEqual(REFUSED)
    await admitted(gateway.port, showing(code, stranger))
  })
})
