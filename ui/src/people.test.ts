/** Who sees the view, what it says, and exactly what its buttons send. */
import { describe, expect, it } from 'vitest'
import type { Answer, Ask } from './api.ts'
import { peopleApi } from './people-api.ts'
import { givenBy, mayDecide, nameOf, whyNot } from './people.ts'
import { parseDevices, parseNetworks, parseSenderAnswered, parseSenders } from './people-wire.ts'

describe('mayDecide', () => {
  it.each([
    ['operator', ['operator.pairing'], true],
    ['operator', ['operator.admin'], true],
    [
      'operator',
      ['operator.read', 'operator.write', 'operator.tools', 'operator.approvals'],
      false,
    ],
    ['operator', [], false],
    ['webchat', ['operator.admin'], false],
    ['node', ['operator.pairing'], false],
  ])('%s with %j: %s', (role, scopes, may) => {
    expect(mayDecide({ role, scopes })).toBe(may)
  })
})

describe('what is sent', () => {
  const asks: Ask[] = []
  const api = peopleApi({
    async read<Value>(ask: Ask): Promise<Answer<Value>> {
      asks.push(ask)
      return { kind: 'unreachable' }
    },
    stream: async () => ({ kind: 'unreachable' }),
  })
  const sent = async (call: () => Promise<unknown>) => {
    asks.splice(0)
    await call()
    return asks
  }
  it('names a request by its id alone', async () => {
    const asked = async (method: 'answerSender' | 'answerDevice', decision: 'approve' | 'reject') =>
      (await sent(() => api[method]('id/1', decision))).slice()
    expect(await asked('answerSender', 'approve')).toEqual([
      { method: 'POST', path: '/api/v1/senders/approve', body: { requestId: 'id/1' } },
    ])
    expect(await asked('answerSender', 'reject')).toEqual([
      { method: 'POST', path: '/api/v1/senders/dismiss', body: { requestId: 'id/1' } },
    ])
    expect(await asked('answerDevice', 'approve')).toEqual([
      { method: 'POST', path: '/api/v1/devices/requests/id%2F1/approve', body: {} },
    ])
    expect(await asked('answerDevice', 'reject')).toEqual([
      { method: 'POST', path: '/api/v1/devices/requests/id%2F1/reject', body: {} },
    ])
  })
  it('names a person by network, account and id', async () => {
    const who = { channel: 'whatsapp', account: 'shop', id: '+1&x' }
    expect(await sent(() => api.revoke(who))).toEqual([
      { method: 'DELETE', path: '/api/v1/senders/whatsapp/%2B1%26x?account=shop' },
    ])
    expect(await sent(() => api.invite({ ...who, expires: '7d' }))).toEqual([
      {
        method: 'POST',
        path: '/api/v1/senders',
        body: { channel: 'whatsapp', account: 'shop', sender: '+1&x', expires: '7d' },
      },
    ])
  })
})

describe('what is read', () => {
  const who = { channel: 'telegram', accountId: 'default', senderId: '1', displayName: 'Nick' }
  it('leaves out approvals that are over', () => {
    const approved = [
      { ...who, expiresAt: null, ended: false },
      { ...who, senderId: '2', expiresAt: 5, ended: true },
    ]
    const { allowed } = parseSenders({ requests: [], approved })
    expect(allowed.map(({ id }) => id)).toEqual(['1'])
  })
  it('says that somebody is told only where the gateway does', () => {
    expect(parseSenderAnswered({ told: true })).toEqual({ told: true })
    for (const answer of [{}, { told: false }, { told: 'true' }])
      expect(parseSenderAnswered(answer)).toEqual({ told: false })
  })
  it('takes nothing for a request that lacks what would be approved', () => {
    expect(() => parseSenders({ requests: [who], approved: [] })).toThrow('requestId')
    expect(() => parseDevices({ pending: [{ requestId: 'r', deviceId: 'd' }] })).toThrow('role')
  })
  it('lists every account of every network', () => {
    const account = { accountId: 'a', connected: false, running: true, lastError: 'no', waiting: 3 }
    expect(
      parseNetworks({
        channelOrder: ['telegram'],
        channelLabels: { telegram: 'Telegram' },
        channelAccounts: { telegram: [account, { ...account, accountId: 'b', connected: true }] },
      }),
    ).toMatchObject([
      { label: 'Telegram', account: 'a', connected: false, problem: 'no', waiting: 3 },
      { account: 'b', connected: true },
    ])
  })
})

describe('in words', () => {
  it('says what an approval gives', () => {
    expect(givenBy({ role: 'operator', scopes: ['operator.admin'] })).toContain('everything')
    expect(givenBy({ role: 'operator', scopes: ['operator.new'] })).toBe('operator.new')
    expect(givenBy({ role: 'operator', scopes: [] })).toContain('nothing else')
    expect(givenBy({ role: 'node', scopes: [] })).toContain('node')
    expect(givenBy({ role: 'webchat', scopes: [] })).toContain('of its own')
  })
  it('says that a request is gone, and passes other refusals on', () => {
    const refused = { kind: 'refused', message: 'missing scope: x', requestId: null } as const
    expect(whyNot({ ...refused, status: 404 })).toContain('gone')
    expect(whyNot({ ...refused, status: 403 })).toContain('missing scope: x')
    expect(whyNot({ kind: 'unreachable' })).toContain('does not answer')
  })
  it('names the account where it is not the usual one', () => {
    expect(nameOf({ channel: 'telegram', account: 'default', id: '1' })).toBe('telegram:1')
    expect(nameOf({ channel: 'telegram', account: 'shop', id: '1' })).toBe('telegram:1 (shop)')
  })
})
