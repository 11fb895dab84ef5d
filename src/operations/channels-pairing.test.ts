/** Operations about people on chat networks, through the gateway's own door: what is refused, and in which words. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { senderParts } from '../app/sender-port.ts'
import { letIn } from '../channels/let-in.ts'
import { RULES } from '../channels/live-channel.fixture.ts'
import { approvalFor, memoryDesk, NOW, requestOf } from '../senders/desk.fixture.ts'
import { testGateway, TOKEN } from '../server/websocket/test-gateway.fixture.ts'
import { channelsPairingApprove } from './channels-pairing-approve.ts'
import { channelsPairingDismiss } from './channels-pairing-dismiss.ts'
import { channelsPairingInvite } from './channels-pairing-invite.ts'
import { channelsPairingRevoke } from './channels-pairing-revoke.ts'

const { desk } = memoryDesk()
let gateway: Awaited<ReturnType<typeof testGateway>>

beforeEach(async () => {
  const rules = () => RULES
  const clock = () => NOW
  const door = { desk, rules, clock, post: async () => {}, warn: () => {} }
  const parts = senderParts({
    desk,
    letIn: (asked, actor) => letIn(door, asked, actor),
    rules: () => null,
    makerOf: () => null,
    inviterStands: () => true,
  })
  gateway = await testGateway({
    operations: [
      channelsPairingApprove(parts),
      channelsPairingDismiss(parts),
      channelsPairingInvite(parts),
      channelsPairingRevoke(parts),
    ],
  })
})
afterEach(() => gateway.stop())

async function ask(method: string, path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/senders${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

describe.each(['/approve', '/dismiss'])('POST %s', (path) => {
  test.each([{}, { channel: 'telegram' }, { code: 'ABCDEF' }])(
    'that names no request is refused in words, and begins no change: %j',
    async (body) => {
      const { status, text } = await ask('POST', path, body)
      expect([status, text]).toEqual([400, expect.stringContaining('a channel and a code')])
      expect(gateway.written.map(({ outcome }) => outcome)).toEqual(['refused'])
      expect(gateway.logged).toEqual([])
    },
  )
})

describe('an approval', () => {
  test.each(['12345', '123456', '1234567890123456', '12345678901234567890'])(
    'of a number of unusual length on WhatsApp is taken away again: %s',
    async (sender) => {
      const asked = await requestOf(desk, sender, {
        at: { channel: 'whatsapp', account: 'default' },
      })
      const { requestId } = asked
      const { status, text } = await ask('POST', '/approve', { requestId })
      expect([status, JSON.parse(text)]).toMatchObject([200, { senderId: sender, told: true }])
      expect((await ask('DELETE', `/whatsapp/${sender}`)).status).toBe(200)
      expect(desk.book.approvalsOf('whatsapp', sender)).toEqual([])
      expect((await ask('POST', '', { channel: 'whatsapp', sender })).status).toBe(200)
    },
  )

  test('is taken away under whatever id the book holds, and under no other', async () => {
    const id = 'an id of former times'
    await desk.turn(() => ({ result: null, change: { approvals: [approvalFor(id)] } }))
    expect((await ask('DELETE', '/telegram/an%20id')).status).toBe(400)
    expect((await ask('DELETE', `/telegram/${encodeURIComponent(id)}`)).status).toBe(200)
    expect(desk.book.approvalsOf('telegram', id)).toEqual([])
  })
})
