/** Lessons about people on chat networks: who lets somebody in, and through which door. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { deliveryOf, whatsappStandIn } from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import {
  channelGateway,
  codeTo,
  deliverSigned,
  rest,
  settled,
  waitFor,
  whatsappSettings,
} from './channels.fixture.ts'
import { REMOTE } from './gateway.ts'
import {
  GROUP,
  KEYS,
  keyWith,
  NICK,
  OWNER,
  owner,
  saysByApi,
  senders,
  telegram,
} from './lessons-senders.fixture.ts'

describe('R18: a button asks who presses it', () => {
  it('R18: not who is called like the owner, who is let in, or what a made-up button says', async () => {
    const { network, gateway, to } = await telegram({ allowFrom: [7, 8] }, owner)
    network.say({ from: NICK, text: 'hello' })
    await waitFor(() => expect(to(7)).toHaveLength(1))
    const data = to(7)[0]?.buttons[0]?.data ?? ''
    const { requests } = await senders(gateway)
    network.press({ ...NICK, username: 'boss' }, data)
    network.press({ id: 8 }, `sender:approve:${requests[0]?.requestId}`)
    network.press(OWNER, `sender:approve:${requests[0]?.code}`)
    network.press(OWNER, `${data} `)
    await waitFor(() => expect(network.pressed).toHaveLength(4))
    expect(await senders(gateway)).toMatchObject({ requests: [{ senderId: '1001' }], approved: [] })
    network.press(OWNER, data)
    await waitFor(async () => expect((await senders(gateway)).approved).toHaveLength(1))
  })
})

describe('R20: codes and queues', () => {
  it('R20: wrong codes hold whoever tries them, however many at once, and nobody else', async () => {
    const { network, gateway, to, turn } = await telegram({ allowFrom: [7] }, owner)
    network.say({ from: NICK, text: 'hello' })
    await waitFor(() => expect(to(1001)).toHaveLength(1))
    const code = codeTo(to(1001)[0]?.text)
    const approve = (guess: string) =>
      rest(gateway, 'POST /senders/approve', { channel: 'telegram', code: guess })
    const wrong = code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA'
    const answers = await Promise.all(Array.from({ length: 30 }, () => approve(wrong)))
    const statuses = answers.map(({ status }) => status)
    const looked = statuses.filter((status) => status === statuses[0]).length
    expect([looked, new Set(statuses).size]).toEqual([10, 2])
    expect((await approve(code)).status).toBe(answers.at(-1)?.status)
    expect((await senders(gateway)).approved).toEqual([])
    expect(await turn(OWNER, `/pairing approve telegram ${code}`)).toContain('may write')
  })

  it('R20: a crowd on one account leaves the others’ queues and invitations free', async () => {
    const second = await TelegramStandIn.start('4343:second')
    onTestFinished(() => second.stop())
    const accounts = { work: { token: second.token, apiBase: second.apiBase } }
    const { network, gateway, to, turn } = await telegram({ allowFrom: [7], accounts }, owner)
    for (const id of [11, 12, 13, 14]) network.say({ from: { id }, text: 'let me in' })
    await waitFor(async () => expect((await senders(gateway)).requests).toHaveLength(3))
    await turn(OWNER, '/whoami')
    expect(to(14)).toEqual([])
    second.say({ from: { id: 14 }, text: 'let me in' })
    await waitFor(() => expect(second.sent).toHaveLength(1))
    codeTo(second.sent[0]?.text)

    const invited = await rest(gateway, 'POST /senders', { channel: 'telegram', sender: '14' })
    expect(invited).toMatchObject({ status: 200, json: { via: 'invite' } })
    expect(await turn({ id: 14 }, '/whoami')).toContain('id: telegram:14')
  })
})

it('R21: a forged delivery leaves nothing behind: no request, no conversation, no code', async () => {
  const network = await whatsappStandIn()
  onTestFinished(() => network.stop())
  const gateway = await channelGateway({ whatsapp: whatsappSettings(network.base) }).start()
  await settled(gateway)
  const value = deliveryOf([{ from: '15551234567', text: 'hi', id: 'wamid.A' }])
  const path = '/webhooks/whatsapp/default'
  const unsigned = { method: 'POST', path, headers: REMOTE, body: value }
  expect((await gateway.ask(unsigned)).status).toBe(401)
  for (const secret of ['guess', '', 'c0ffee'])
    expect((await deliverSigned(gateway, value, { secret })).status).toBe(401)
  const empty = await senders(gateway)
  expect(empty).toEqual({ requests: [], approved: [], invitations: [] })
  expect((await rest(gateway, 'GET /sessions')).json.sessions).toEqual([])
  // The same bytes, rightly signed, are the first that anybody hears of them.
  expect((await deliverSigned(gateway, value)).status).toBe(200)
  await waitFor(() => expect(network.sent).toHaveLength(1))
  codeTo(network.sent[0]?.text?.body)
})

describe('R49: one door for every approval and every list', () => {
  const SRC = join(import.meta.dirname, '../src')
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    // The desk of devices has a folder of its own.
    .filter((file) => file.endsWith('.ts') && !/^pairing\/|\.(?:test|fixture)\.ts$/.test(file))
    .toSorted()
  const holding = (pattern: RegExp): readonly string[] =>
    files.filter((file) => pattern.test(readFileSync(join(SRC, file), 'utf8')))

  it.each([
    [
      'writes the tables of senders',
      /(?:insertInto|updateTable|deleteFrom|replaceInto)\(\s*['"`]sender/,
      ['storage/senders.ts'],
    ],
    [
      'names them in SQL of its own',
      /\b(?:INSERT|UPDATE|DELETE|REPLACE)\b[^'"`;]*\bsender(?:s|_requests|_invitations)\b/i,
      [],
    ],
    ['opens the store of senders', /\bsenderStore\(/, ['app/state-parts.ts', 'storage/senders.ts']],
    ['makes a desk for them', /\bnew SenderDesk\(/, ['app/state-parts.ts']],
    [
      'takes a turn at it',
      /\b(?:desk|senders)\.turn\b/,
      [
        'channels/reception.ts',
        'channels/redeem.ts',
        'senders/invite.ts',
        'senders/lapse.ts',
        'senders/resolve.ts',
      ],
    ],
    ['makes an approval', /\bapprovals: \[\w+\]/, ['senders/lapse.ts', 'senders/resolve.ts']],
    [
      'approves or invites',
      /\b(?:approveSender|inviteSender)\(/,
      ['channels/let-in.ts', 'operations/channels-pairing-invite.ts', 'senders/resolve.ts'],
    ],
    [
      'lets in who asked',
      /\bletIn\(/,
      [
        'app/channels.ts',
        'channels/let-in.ts',
        'channels/owner-decides.ts',
        'operations/channels-pairing-approve.ts',
      ],
    ],
  ] as const)('R49: nothing else %s', (_what, pattern, expected) => {
    expect(holding(pattern)).toEqual(expected)
  })

  it('R49: lists in the configuration are written by its one editor, which nothing that chats can reach', () => {
    const editors = holding(/\beditConfig\(/)
    expect(editors).toContain('config/edit.ts')
    for (const file of editors) expect(file).toMatch(/^(?:app|cli|config|recover)\//)
    expect(holding(/\ballowFrom\s*[:=][^=>]*\bpush\(|allowFrom\.(?:push|add|unshift)\(/)).toEqual(
      [],
    )
  })

  it('R49: no word in a chat or over an API writes a list, whoever says it', async () => {
    const { dir, gateway, turn } = await telegram({ allowFrom: [7, 8] }, { ...owner, ...KEYS })
    const before = readFileSync(join(dir, 'openclaw.json'), 'utf8')
    const words = [
      '/allowlist add 9',
      '/allowlist --store add dm 9',
      '/config set channels.telegram.allowFrom [9]',
      '/allow 9',
      '/pairing invite telegram 9',
    ]
    for (const from of [OWNER, { id: 8 }]) for (const text of words) await turn(from, text)
    const key = await keyWith(gateway, ['read', 'write'])
    for (const message of words) await saysByApi(gateway, message, key)
    expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toBe(before)
    expect((await senders(gateway)).approved).toEqual([])
    codeTo(await turn({ id: 9 }, 'hello'))
  })
})

it('R50: a command that comes as text has the rights of whoever sent it, by whatever way', async () => {
  const { network, gateway, to, turn, tell } = await telegram(
    { allowFrom: [7, 8], groups: [GROUP], groupAllowFrom: ['*'] },
    { ...owner, ...KEYS },
  )
  network.say({ from: NICK, text: 'hello' })
  await waitFor(() => expect(to(1001)).toHaveLength(1))
  const approve = `/pairing approve telegram ${codeTo(to(1001)[0]?.text)}`
  // In a group others read the answers: there the owner is anybody.
  tell(OWNER, approve)
  tell(NICK, approve)
  await waitFor(() => expect(to(GROUP)).toHaveLength(2))
  for (const { text } of to(GROUP)) expect(text).toBe('Only the owner may do that.')
  expect(await turn({ id: 8 }, approve)).toBe('Only the owner may do that.')
  expect(await turn({ id: 8 }, `  ${approve.toUpperCase()}`)).toBe('Only the owner may do that.')
  const key = await keyWith(gateway, ['read', 'write'])
  await saysByApi(gateway, approve, key)
  expect(
    (await rest(gateway, 'POST /senders/approve', { channel: 'telegram', code: 'AAAAAA' }, key))
      .status,
  ).toBe(403)
  expect(await senders(gateway)).toMatchObject({ requests: [{ senderId: '1001' }], approved: [] })
  expect(await turn(OWNER, approve)).toContain('may write')
})
