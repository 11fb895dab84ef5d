import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import type { AccountPorts, Outgoing } from '../types.ts'
import { openWhatsapp } from './account.ts'
import { ACCESS_TOKEN, standInSettings, whatsappStandIn } from './whatsapp-stand-in.fixture.ts'

const REF = { channel: 'whatsapp', account: 'default' }
const PORTS: AccountPorts = {
  cursor: { get: () => null, set: async () => {} },
  warn: () => {},
}
const SIGNAL = new AbortController().signal

let network: Awaited<ReturnType<typeof whatsappStandIn>>
beforeEach(async () => {
  network = await whatsappStandIn()
})
afterEach(() => network.stop())

function account(token = ACCESS_TOKEN, apiBase = network.base) {
  return openWhatsapp(REF, { ...standInSettings(apiBase), token: new Secret(token) }, PORTS)
}

function saying(text: string, more: Partial<Outgoing> = {}): Outgoing {
  return {
    id: 'out-1',
    to: { kind: 'dm', id: '15551234567' },
    text,
    replyTo: null,
    buttons: [],
    ...more,
  }
}

test('a text is sent to the person, as an answer to what they wrote, with our id on it', async () => {
  expect(await account().send(saying('hello', { replyTo: 'wamid.in1' }), SIGNAL)).toEqual({
    kind: 'sent',
    messageId: 'wamid.sent1',
  })
  expect(network.sent).toEqual([
    {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '15551234567',
      context: { message_id: 'wamid.in1' },
      biz_opaque_callback_data: 'out-1',
      type: 'text',
      text: { body: 'hello', preview_url: false },
    },
  ])
})

test('buttons carry what they mean, and labels as long as WhatsApp shows them', async () => {
  const buttons = [
    { label: 'Allow', data: 'a:1' },
    { label: 'An emoji at the cut 🦞', data: 'a:2' },
  ]
  await account().send(saying('May it?', { buttons }), SIGNAL)
  expect(network.sent[0]).toMatchObject({
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'May it?' },
      action: {
        buttons: [
          { type: 'reply', reply: { id: 'a:1', title: 'Allow' } },
          { type: 'reply', reply: { id: 'a:2', title: 'An emoji at the cut ' } },
        ],
      },
    },
  })
  const four = Array.from({ length: 4 }, (_, n) => ({ label: `${n}`, data: `${n}` }))
  expect(await account().send(saying('?', { buttons: four }), SIGNAL)).toMatchObject({
    kind: 'refused',
  })
})

test('R19: a text too long to stand beside buttons is shown whole, and the buttons answer it', async () => {
  const text = 'x'.repeat(1_025)
  const sent = await account().send(
    saying(text, { buttons: [{ label: 'Allow', data: 'a' }] }),
    SIGNAL,
  )
  expect(sent).toEqual({ kind: 'sent', messageId: 'wamid.sent2' })
  expect(network.sent).toMatchObject([
    { type: 'text', text: { body: text } },
    { type: 'interactive', context: { message_id: 'wamid.sent1' } },
  ])
})

test.each([
  [400, 131030, {}, { kind: 'refused' }],
  [400, 131026, {}, { kind: 'refused' }],
  [400, 131047, {}, { kind: 'refused' }],
  [400, 100, {}, { kind: 'refused' }],
  [400, 131008, {}, { kind: 'refused' }],
  [403, 99999, {}, { kind: 'refused' }],
  [400, 130429, {}, { kind: 'later', afterMs: null }],
  [400, 131048, {}, { kind: 'later', afterMs: null }],
  [400, 80007, { 'retry-after': '7' }, { kind: 'later', afterMs: 7_000 }],
  [429, 99999, { 'retry-after': '3' }, { kind: 'later', afterMs: 3_000 }],
  [
    429,
    99999,
    { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' },
    { kind: 'later', afterMs: null },
  ],
  [429, 99999, { 'retry-after': '999999999' }, { kind: 'later', afterMs: 3_600_000 }],
  // Of one person alone: a time would hold up everybody.
  [400, 131056, { 'retry-after': '9' }, { kind: 'later', afterMs: null }],
  [401, 190, {}, { kind: 'later', afterMs: null }],
  [400, 10, {}, { kind: 'later', afterMs: null }],
  [500, 131000, {}, { kind: 'later', afterMs: null }],
  [503, 131016, {}, { kind: 'later', afterMs: null }],
])('%i with code %i and %j is %j', async (status, code, headers, expected) => {
  network.refuseNext({ status, code, headers })
  const sent = await account().send(saying('hello'), SIGNAL)
  expect(sent).toMatchObject(expected)
  const { problem } = sent as { problem: string }
  expect(problem).toContain(String(code))
  expect(problem, 'the network’s own sentence').not.toContain('secret words')
})

test('a wrong token is said to be one, and whoever corrects it loses no message', async () => {
  const sent = await account('wrong').send(saying('hello'), SIGNAL)
  expect(sent).toMatchObject({
    kind: 'later',
    problem: expect.stringContaining('the access token is not valid'),
  })
  expect(JSON.stringify(sent)).not.toContain('wrong')
  const [run, probe] = [account('wrong').run(receiver(), SIGNAL), account('wrong').probe(SIGNAL)]
  await expect(run).rejects.toThrow('the access token is not valid')
  expect(await probe).toMatchObject({ ok: false, name: null })
})

test('R39: a redirect is an error, and the token does not follow it', async () => {
  const seen: (string | undefined)[] = []
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end('{}')
  })
  await new Promise<void>((listening) => void elsewhere.listen(0, '127.0.0.1', listening))
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  network.refuseNext({ status: 307, headers: { location }, body: '' })
  expect(await account().send(saying('hello'), SIGNAL)).toMatchObject({ kind: 'later' })
  expect(seen).toEqual([])
  elsewhere.close()
})

test('an answer without end, one that is no answer, and none at all are sent again later', async () => {
  network.refuseNext({ status: 200, body: 'x'.repeat(300_000) }, { status: 200, body: '<html>' })
  expect(await account().send(saying('hello'), SIGNAL)).toMatchObject({ kind: 'later' })
  expect(await account().send(saying('hello'), SIGNAL)).toMatchObject({ kind: 'later' })
  const nowhere = account(ACCESS_TOKEN, 'http://127.0.0.1:1')
  expect(await nowhere.send(saying('hello'), SIGNAL)).toEqual({
    kind: 'later',
    afterMs: null,
    problem: 'WhatsApp cannot be reached',
  })
})

function receiver() {
  const heard = {
    connections: 0,
    message: async () => {},
    press: async () => null,
    connected: () => void (heard.connections += 1),
  }
  return heard
}
