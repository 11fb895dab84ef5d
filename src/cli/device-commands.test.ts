import { describe, expect, it } from 'vitest'
import { NOW } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'

closeGatewaysAfterEach()

const PHONE = '3f2a9c01b2d4'.padEnd(64, '0')
const LAPTOP = '3f2a9c01ffff'.padEnd(64, '0')
const REQUEST = '6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55'
const SHORT = '6a0f2c1e-8f2'
const OTHER = '00000000-8f2b-4b1c-9d0e-2f6f0c7f1a55'
/** Begins like the other as far as it is shown. */
const TWIN = '6a0f2c1e-8f2c-4b1c-9d0e-2f6f0c7f1a55'
const TABLET = 'aaaa9c01b2d4'.padEnd(64, '0')

const waiting = {
  requestId: REQUEST,
  deviceId: PHONE,
  displayName: 'Phone\u001b[2J   operator   operator.admin',
  role: 'operator',
  scopes: ['operator.read', 'operator.write'],
  remoteIp: '203.0.113.9',
  isRepair: false,
  expiresAtMs: NOW + 240_000,
}
const token = { role: 'operator', scopes: ['operator.read'], createdAtMs: NOW }
const paired = {
  deviceId: PHONE,
  displayName: 'phone-7',
  operatorLabel: 'Kitchen',
  roles: ['node', 'operator'],
  connected: true,
  tokens: [
    token,
    { role: 'node', scopes: [], expiresAtMs: NOW + 30 * 86_400_000, rotatedAtMs: NOW - 7_200_000 },
  ],
}
const laptop = {
  deviceId: LAPTOP,
  displayName: 'phone-7',
  lastSeenAtMs: NOW - 76 * 3_600_000,
  connected: false,
  tokens: [token],
}
const list = { pending: [waiting], paired: [paired, laptop] }

describe('devices list', () => {
  it('shows who waits for what and from where, then who is approved for what until when', async () => {
    const { openclaw } = await gateway({ 'device.pair.list': list })
    const { code, out } = await openclaw('devices', 'list')
    expect(code).toBe(0)
    const [, request = '', , , , ...devices] = out.split('\n')
    expect(request).toMatch(
      new RegExp(
        `^${SHORT}  3f2a9c01b2d4  Phone.*  operator  read,write  203.0.113.9  another 4m$`,
      ),
    )
    expect(devices[0]).toMatch(
      /^3f2a9c01b2d4 +Kitchen +operator +read +connected now +never +never$/,
    )
    expect(devices[1]).toMatch(/^3f2a9c01b2d4 +Kitchen +node +none +connected now +in 30d +2h ago$/)
    expect(devices[2]).toMatch(/^3f2a9c01ffff +phone-7 .* 3d 4h ago /)
    expect(JSON.parse((await openclaw('devices', 'list', '--json')).out)).toEqual(list)
  })

  it('on a narrow terminal has a line for each of these, and none that is too long', async () => {
    const { openclaw } = await gateway({ 'device.pair.list': list }, {}, {}, { columns: 48 })
    const { out } = await openclaw('devices', 'list')
    for (const words of [
      `request  ${SHORT}\ndevice   3f2a9c01b2d4\n`,
      'device     3f2a9c01b2d4\nname       Kitchen\nrole       node\nscopes     none\n',
      'last seen  connected now\nexpires    in 30d\n',
    ])
      expect(out).toContain(words)
    for (const shown of out.split('\n').slice(0, 7)) expect(shown.length).toBeLessThanOrEqual(48)
    const { out: request } = await openclaw('devices', 'approve', '--latest')
    expect(request).toContain('  scopes  operator.read, operator.write\n')
  })

  it('lets no name obey, or look like the columns beside it', async () => {
    const { openclaw } = await gateway({ 'device.pair.list': list })
    const { out } = await openclaw('devices', 'list')
    expect(out).not.toContain('\u001b')
    expect(out).toContain('Phone?[2J operator operator.admin  operator')
    const long = { pending: [{ ...waiting, displayName: 'x'.repeat(500) }], paired: [] }
    const shown = await (await gateway({ 'device.pair.list': long })).openclaw('devices', 'list')
    expect(shown.out).not.toContain('x'.repeat(41))
  })

  it('says what to do where there is none', async () => {
    const { openclaw } = await gateway({ 'device.pair.list': { pending: [], paired: [] } })
    expect((await openclaw('devices', 'list')).out).toBe(
      'nobody waits for an approval\n\nno device is approved; `openclaw qr` makes a code for one\n',
    )
  })
})

describe('devices approve', () => {
  const approved = { requestId: REQUEST, device: { ...paired, tokens: [token] } }
  const answers = { 'device.pair.list': list, 'device.pair.approve': approved }

  it('R19: shows all that it gave: key, role and scopes', async () => {
    const { openclaw, server } = await gateway(answers)
    const { code, out } = await openclaw('devices', 'approve', REQUEST, '--expires', '30d')
    expect(code).toBe(0)
    for (const words of [PHONE, 'role    operator', 'operator.read, operator.write', '203.0.113.9'])
      expect(out).toContain(words)
    expect(server.received.at(-1)).toEqual({
      method: 'device.pair.approve',
      params: { requestId: REQUEST, expires: '30d' },
    })
    const { out: json } = await openclaw('devices', 'approve', REQUEST, '--json')
    expect(JSON.parse(json)).toMatchObject({ requestId: REQUEST })
  })

  it('asks for what it may give, which the request says', async () => {
    const { openclaw, server } = await gateway(answers)
    await openclaw('devices', 'approve', REQUEST)
    expect(server.connects.map(({ scopes }) => scopes.length)).toEqual([2, 6])
  })

  it.each([
    [[]],
    [['--latest']],
    [[REQUEST, '--latest']],
    [[PHONE]],
    [['3f2a9c01']],
    [['3F2A9C01B2D4']],
  ])('R12: %j approves nothing, and says how', async (words) => {
    const { openclaw, server } = await gateway(answers)
    const { code, out, err } = await openclaw('devices', 'approve', ...words)
    expect(code).toBe(1)
    expect(out).toContain('operator.read, operator.write')
    expect(err).toContain(`nothing is approved yet: type \`openclaw devices approve ${SHORT}\``)
    expect(server.received.map(({ method }) => method)).toEqual(['device.pair.list'])
  })

  it('lists all that wait where it is not said which', async () => {
    const pending = [waiting, { ...waiting, requestId: OTHER }]
    const { openclaw } = await gateway({ 'device.pair.list': { pending, paired: [] } })
    const { code, err } = await openclaw('devices', 'approve')
    expect(code).toBe(1)
    expect(err).toContain(`approve ${SHORT}\` or \`openclaw devices approve 00000000-8f2\``)
    expect((await openclaw('devices', 'approve', '--latest')).err).not.toContain(SHORT)
  })

  it.each([
    ['6a0f2c1e', REQUEST],
    [` ${REQUEST.toUpperCase()} `, REQUEST],
    ['00000000-8f2b', OTHER],
  ])('takes %j for a request', async (given, requestId) => {
    const pending = [waiting, { ...waiting, requestId: OTHER, deviceId: TABLET }]
    const { openclaw, server } = await gateway({
      ...answers,
      'device.pair.list': { pending, paired: [] },
    })
    const { code, out } = await openclaw('devices', 'approve', given)
    expect([code, out]).toEqual([0, expect.stringContaining('role    operator')])
    expect(server.received.at(-1)?.params).toEqual({ requestId })
  })

  it('an end that was asked for stands in what is to be typed', async () => {
    const { openclaw } = await gateway(answers)
    const { err } = await openclaw('devices', 'approve', PHONE, '--expires', '30d')
    expect(err).toContain(`\`openclaw devices approve ${SHORT} --expires 30d\``)
  })

  it('names the ids that wait when the given one does not, or says that none does', async () => {
    const { openclaw } = await gateway(answers)
    expect(await openclaw('devices', 'approve', OTHER)).toMatchObject({
      code: 1,
      err: `openclaw: devices approve: no such request waits; these do: ${SHORT} (Phone?[2J operator operator.admin)\n`,
    })
    const none = await gateway({ 'device.pair.list': { pending: [], paired: [] } })
    expect((await none.openclaw('devices', 'approve', OTHER)).err).toContain('no request waits')
    const { out } = await none.openclaw('devices', 'approve', '--json')
    expect(JSON.parse(out)).toMatchObject({
      error: { message: expect.stringContaining('no request') },
    })
  })
})

describe('a request that a command names', () => {
  const tablet = { ...waiting, deviceId: TABLET, displayName: 'Tablet' }
  const state = (...pending: readonly object[]) => ({
    'device.pair.list': { pending, paired: [] },
    'device.pair.reject': { requestId: REQUEST, deviceId: PHONE },
  })

  it.each([[REQUEST], ['6a0f2c1e'], [PHONE], ['3f2a9c01b2d4']])('reject %s', async (given) => {
    const { openclaw, server } = await gateway(state(waiting, { ...tablet, requestId: OTHER }))
    const { code, out } = await openclaw('devices', 'reject', given)
    expect([code, out]).toEqual([0, 'the request of 3f2a9c01b2d4 is rejected\n'])
    expect(server.received.slice(1)).toEqual([
      { method: 'device.pair.reject', params: { requestId: REQUEST } },
    ])
  })

  it.each([
    ['6a0f2c1e', 1, 'several begin with that: name one of 6a0f2c1e-8f2b (Phone'],
    ['6a0f2c1e', 1, '6a0f2c1e-8f2c (Tablet)'],
    ['ffffffff', 1, 'no such request waits; these do: 6a0f2c1e-8f2b (Phone'],
    ['6a0f', 2, 'at least the first 8 characters of the request’s id'],
    ['', 2, '`openclaw devices list` shows them'],
  ])('%j is none, and nothing is decided', async (given, code, message) => {
    const { openclaw, server } = await gateway(state(waiting, { ...tablet, requestId: TWIN }))
    for (const verb of ['approve', 'reject']) {
      const ended = await openclaw('devices', verb, given)
      expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(message)])
      expect(ended.err).toContain(`openclaw: devices ${verb}: `)
    }
    expect(server.received.every(({ method }) => method === 'device.pair.list')).toBe(true)
  })

  it('R14: a device whose id begins like the request of another decides nothing', async () => {
    const alike = { ...tablet, deviceId: '6a0f2c1e'.padEnd(64, 'f'), requestId: OTHER }
    const { openclaw, server } = await gateway(state(waiting, alike))
    expect((await openclaw('devices', 'approve', '6a0f2c1e')).err).toContain('several begin')
    expect((await openclaw('devices', 'reject', '6a0f2c1e')).err).toContain('several begin')
    const gone = await gateway(state(alike))
    expect((await gone.openclaw('devices', 'approve', '6a0f2c1e')).err).toContain('nothing is app')
    for (const { received } of [server, gone.server])
      expect(received.every(({ method }) => method === 'device.pair.list')).toBe(true)
  })

  it('as the list shows it, means this one alone', async () => {
    const { openclaw } = await gateway(state(waiting, { ...tablet, requestId: TWIN }))
    const { out } = await openclaw('devices', 'list')
    const shown = out
      .split('\n')
      .slice(1, 3)
      .map((row) => row.split(' ')[0])
    expect(shown).toEqual(['6a0f2c1e-8f2b', '6a0f2c1e-8f2c'])
  })
})

describe('devices clear', () => {
  it('rejects all that wait, and says how many', async () => {
    const pending = [waiting, { ...waiting, requestId: OTHER }]
    const { openclaw, server } = await gateway({
      'device.pair.list': { pending, paired: [] },
      'device.pair.reject': { requestId: REQUEST, deviceId: PHONE },
    })
    const { code, out } = await openclaw('devices', 'clear', '--yes')
    expect([code, out]).toEqual([0, '2 requests rejected\n'])
    expect(server.received.slice(1).map(({ params }) => params)).toEqual([
      { requestId: REQUEST },
      { requestId: OTHER },
    ])
    expect(JSON.parse((await openclaw('devices', 'clear', '--json')).out)).toEqual({
      rejected: [REQUEST, OTHER],
    })
  })

  it.each([
    ['ended meanwhile', [], 0],
    ['still waits', [waiting], 1],
  ])('a request that is refused and %s: exit %#', async (_what, later, code) => {
    const state = { lists: 0 }
    const { openclaw } = await gateway({
      'device.pair.list': () => ({
        payload: { pending: state.lists++ === 0 ? [waiting] : later, paired: [] },
      }),
      'device.pair.reject': () => ({ error: { code: 'INVALID_REQUEST', message: 'no' } }),
    })
    expect((await openclaw('devices', 'clear')).code).toBe(code)
  })
})

describe('a device that a command names', () => {
  const answers = {
    'device.pair.list': list,
    'device.token.revoke': { deviceId: PHONE, role: 'operator', revokedAtMs: NOW },
    'device.token.rotate': {
      deviceId: PHONE,
      role: 'operator',
      scopes: ['operator.read'],
      rotatedAtMs: NOW,
      tokenDelivery: 'in-band',
      token: 'ocd_own-token',
    },
    'device.pair.remove': { deviceId: PHONE },
    'device.pair.reject': { requestId: REQUEST, deviceId: PHONE },
    'device.pair.rename': () => ({ payload: { deviceId: PHONE, label: 'Den' } }),
  }

  it.each([
    [['revoke', '--device', PHONE, '--role', 'operator'], { deviceId: PHONE, role: 'operator' }, 1],
    [['revoke', '3f2a9c01b'], { deviceId: PHONE, role: 'operator' }, 2],
    [['revoke', '3F2A9C01B', '--role', 'node'], { deviceId: PHONE, role: 'node' }, 2],
    [['rotate', '--device', '3f2a9c01b'], { deviceId: PHONE, role: 'operator' }, 2],
    [
      ['rotate', PHONE, '--scope', 'operator.read', '--scope', 'operator.write'],
      { deviceId: PHONE, role: 'operator', scopes: ['operator.read', 'operator.write'] },
      1,
    ],
    [['remove', '3f2a9c01b2d4'], { deviceId: PHONE }, 2],
    [['reject', REQUEST], { requestId: REQUEST }, 2],
    [['rename', '3f2a9c01b2d4', 'Den'], { deviceId: PHONE, label: 'Den' }, 2],
    [['rename', '--device', PHONE, '--label', 'Den'], { deviceId: PHONE, label: 'Den' }, 1],
    [['rename', '--device', PHONE, 'Den'], { deviceId: PHONE, label: 'Den' }, 1],
  ])('%j', async (words, params, questions) => {
    const { openclaw, server } = await gateway(answers)
    const { code, out, err } = await openclaw('devices', ...words)
    expect([code, err.includes('openclaw: ')]).toEqual([0, false])
    expect(out).toMatch(/3f2a9c01b2d4|request/)
    expect(server.received.at(-1)?.params).toEqual(params)
    expect(server.received).toHaveLength(questions)
  })

  it.each([
    [['3f2a9c01'], 1, `type more of ${PHONE} or ${LAPTOP}`],
    [['ffffffff'], 1, 'there is no device whose id begins with that'],
    [['3f2a'], 2, 'at least the first 8 characters'],
    [[], 2, 'say which device'],
  ])('R14: %j is nobody, and nothing is asked', async (words, code, message) => {
    const { openclaw, server } = await gateway(answers)
    for (const verb of ['revoke', 'rotate', 'remove']) {
      const ended = await openclaw('devices', verb, ...words)
      expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(message)])
    }
    expect(server.received.every(({ method }) => method === 'device.pair.list')).toBe(true)
  })

  it('R13: rotating shows no token, not even this machine’s own', async () => {
    const { openclaw } = await gateway(answers)
    for (const words of [[], ['--json']]) {
      const { code, out, err } = await openclaw('devices', 'rotate', PHONE, ...words)
      expect([code, `${out}${err}`.includes('ocd_')]).toEqual([0, false])
    }
  })

  it('has no name without one', async () => {
    const { openclaw } = await gateway(answers)
    expect((await openclaw('devices', 'rename', PHONE)).code).toBe(2)
    expect((await openclaw('devices', 'rename', PHONE, '  ')).code).toBe(2)
  })
})
