/** Lessons about lists of senders: who counts as whom, and under which policy. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { LET_IN } from '../src/channels/let-in.ts'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  deliveryOf,
  deliveryWith,
  whatsappStandIn,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import {
  channelGateway,
  codeTo,
  configure,
  deliverSigned,
  rest,
  settled,
  waitFor,
  whatsappSettings,
} from './channels.fixture.ts'
import { runCli } from './gateway.ts'
import { GROUP, NICK, OWNER, owner, senders, telegram } from './lessons-senders.fixture.ts'

const ADA = '15551234567'

it('R51: a name lets nobody in: the owner’s approval pins the id, and neither a new name nor an old one moves it', async () => {
  const { network, gateway, to, turn, tell, heardAll } = await telegram(
    {
      dmPolicy: 'locked',
      allowFrom: [7, '@nick'],
      groups: ['Family'],
      groupAllowFrom: ['@nick', 7],
    },
    owner,
  )
  network.say({ from: NICK, text: '/whoami' })
  await waitFor(() => expect(to(1001)).toHaveLength(1))
  const code = codeTo(to(1001)[0]?.text)
  const thief = { id: 666, username: 'nick' }
  for (const from of [thief, { id: 667, name: 'nick' }, { id: 668, username: 'Nick ' }])
    network.say({ from, text: '/whoami' })
  network.say({
    from: NICK,
    group: GROUP,
    text: 'hi',
    more: { chat: { id: GROUP, type: 'supergroup', title: 'Family' } },
  })
  tell(NICK, '/whoami')
  await heardAll()
  expect((await senders(gateway)).requests.map(({ senderId }) => senderId)).toEqual(['1001'])
  expect(await turn(OWNER, `/pairing approve telegram ${code}`)).toContain('may write')
  await waitFor(() => expect(to(1001).at(-1)?.text).toBe(LET_IN))
  expect(await turn({ ...NICK, username: 'renamed' }, '/whoami')).toContain('id: telegram:1001')
  for (const from of [thief, { id: 667, username: 'NICK' }]) network.say({ from, text: '/whoami' })
  tell(NICK, '/whoami')
  await heardAll()
  expect([...to(666), ...to(667), ...to(668), ...to(GROUP)]).toEqual([])
  // Without the entry, what was pinned to it is nothing.
  await configure(gateway, ['channels.telegram.allowFrom', '[7]'], async () => {
    const before = to(1001).length
    network.say({ from: NICK, text: '/whoami' })
    await heardAll()
    expect(to(1001)).toHaveLength(before)
  })
})

describe('R52: ids match whole and in their own kind', () => {
  it('R52: nobody in particular, a part of a number, and a number that only begins or ends like one', async () => {
    const network = await whatsappStandIn()
    onTestFinished(() => network.stop())
    const settings = {
      ...whatsappSettings(network.base),
      dmPolicy: 'locked',
      allowFrom: [`+${ADA}`],
    }
    const gateway = await channelGateway({ whatsapp: settings }).start()
    const froms = [
      undefined,
      '',
      ' ',
      '0',
      ADA.slice(1),
      ADA.slice(0, -1),
      `1${ADA}`,
      `${ADA}0`,
      `+${ADA}`,
      ` ${ADA}`,
      `0${ADA}`,
    ]
    for (const [index, from] of froms.entries()) {
      const message = {
        from,
        id: `wamid.${index}`,
        timestamp: '1',
        type: 'text',
        text: { body: '/whoami' },
      }
      expect((await deliverSigned(gateway, deliveryWith({ messages: [message] }))).status).toBe(200)
    }
    const real = deliveryOf([{ from: ADA, text: '/whoami', id: 'wamid.A' }])
    await deliverSigned(gateway, real)
    await settled(gateway)
    await waitFor(() => expect(network.sent).toHaveLength(1))
    expect(network.sent[0]).toMatchObject({ to: ADA })
  })

  it('R52: a group is no sender, a sender no group, and who speaks as a group is nobody', async () => {
    const { network, to, tell, heardAll } = await telegram(
      {
        dmPolicy: 'locked',
        allowFrom: [7, String(GROUP), 'discord:1001'],
        groups: [GROUP, 1001],
        groupAllowFrom: [String(GROUP), 1_087_968_824],
      },
      owner,
    )
    network.say({ from: NICK, text: '/whoami' })
    tell(NICK, '/whoami')
    tell(NICK, '/whoami', 1001)
    const anonymous = { id: 1_087_968_824, is_bot: true, first_name: 'Group' }
    const chat = { id: GROUP, type: 'supergroup' }
    network.say({
      from: { id: GROUP },
      text: '/whoami',
      group: GROUP,
      more: { sender_chat: chat, from: anonymous, reply_to_message: { from: { id: 4242 } } },
    })
    network.say({ from: { id: GROUP }, text: '/whoami' })
    await heardAll()
    expect(network.sent.map(({ chatId }) => chatId)).toEqual(['7'])
    expect(to(GROUP)).toEqual([])
  })
})

describe('R53: every list and every policy is its own', () => {
  it('R53: an approval for direct messages opens no group, and counts under no other policy', async () => {
    const { network, gateway, to, turn, tell, heardAll } = await telegram(
      { allowFrom: [7], groups: [GROUP] },
      owner,
    )
    await rest(gateway, 'POST /senders', { channel: 'telegram', sender: '1001' })
    expect(await turn(NICK, '/whoami')).toContain('telegram:1001')
    tell(NICK, '/whoami')
    await heardAll()
    expect(to(GROUP)).toEqual([])
    const policy = (value: string) =>
      configure(gateway, ['channels.telegram.dmPolicy', `"${value}"`], async () => {
        const { json } = await rest(gateway, 'GET /channels')
        expect(json.channelAccounts.telegram[0].dmPolicy).toBe(value)
      })
    const before = to(1001).length
    for (const value of ['locked', 'open', 'disabled']) {
      await policy(value)
      network.say({ from: NICK, text: '/whoami' })
      if (value !== 'disabled') await heardAll()
    }
    await policy('pairing')
    // No new code is needed: it was kept, and did not count.
    expect(await turn(NICK, '/status')).toContain('agent:')
    expect(to(1001)).toHaveLength(before + 1)
  })
})

it('R54: everybody may write, and nobody is the owner for it', async () => {
  const open = { dmPolicy: 'open', allowFrom: ['*'], groupPolicy: 'open', groupAllowFrom: ['*'] }
  const named = { commands: { ownerAllowFrom: ['telegram:*', 'telegram:@nick', 'nick'] } }
  const { dir, turn } = await telegram(open, named)
  expect(await turn(NICK, '/whoami')).toContain('owner: no')
  expect(await turn(NICK, '/pairing list')).toBe('Only the owner may do that.')
  const set = ['config', 'set', 'commands.ownerAllowFrom', '["*"]']
  const { code, stderr } = runCli(dir, set)
  expect([code === 0, stderr]).toEqual([
    false,
    expect.stringContaining('would make everyone the owner'),
  ])
})

it('R55: what an account leaves out is as strict as its network, and a policy that nobody knows is refused', async () => {
  const second = await TelegramStandIn.start('4343:second')
  onTestFinished(() => second.stop())
  const accounts = { work: { token: second.token, apiBase: second.apiBase } }
  const { network, dir, gateway, heardAll } = await telegram(
    { dmPolicy: 'locked', allowFrom: [7], accounts },
    owner,
  )
  for (const standIn of [network, second]) standIn.say({ from: NICK, text: 'hello' })
  const channel = { id: GROUP, type: 'channel' }
  network.say({ from: OWNER, text: '/whoami', more: { chat: channel } })
  second.say({ from: OWNER, text: '/whoami' })
  await waitFor(() => expect(second.sent).toHaveLength(1))
  await heardAll()
  expect([...network.sent, ...second.sent].map(({ chatId }) => chatId)).toEqual(['7', '7'])
  expect(await senders(gateway)).toEqual({ requests: [], approved: [], invitations: [] })
  for (const policy of ['"friends"', '""', 'null', 'true'])
    expect(runCli(dir, ['config', 'set', 'channels.telegram.dmPolicy', policy]).code).not.toBe(0)
})
