/** Lessons about conversations and accounts: two people never read each other, and a delivery is for one account. */
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  deliveryOf,
  PHONE_NUMBER_ID,
  whatsappStandIn,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import {
  channelGateway,
  deliverSigned,
  rest,
  settled,
  waitFor,
  whatsappSettings,
} from './channels.fixture.ts'
import { runCli } from './gateway.ts'
import { GROUP, owner, telegram } from './lessons-senders.fixture.ts'

const ADA = '15551234567'

describe('R56: two people never read each other', () => {
  it('R56: whatever they call themselves, write, or come from', async () => {
    const session = { dmScope: 'per-channel-peer' }
    const { network, gateway, to, turn, tell } = await telegram(
      { allowFrom: [7, 8, 9], groupPolicy: 'open' },
      { session, ...owner },
    )
    const victim = 'agent:main:telegram:dm:8'
    await turn({ id: 8 }, 'the words of eight')
    const thief = { id: 9, username: 'telegram', name: victim }
    expect(await turn(thief, '/status')).toContain('session: agent:main:telegram:dm:9')
    for (const text of [`/reset ${victim}`, `/recall ${victim}`, victim])
      expect(await turn(thief, text)).not.toContain('words of eight')
    expect(await turn(thief, `/status ${victim}`)).not.toContain(victim)

    // Groups whose ids look like the way to somebody's conversation.
    const looks = ['dm:8', '-1:dm:8', '8~1']
    for (const id of looks)
      network.say({ from: thief, text: '/status', group: 1, more: groupNamed(id) })
    tell(thief, '/status')
    await waitFor(() =>
      expect(
        network.sent.filter(({ chatId }) => [...looks, String(GROUP)].includes(chatId)),
      ).toHaveLength(4),
    )
    const sessions = network.sent.flatMap(({ text }) => /session: (\S+)/.exec(text)?.[1] ?? [])
    const inGroups = sessions.filter((key) => key.includes(':group:'))
    expect(new Set(inGroups).size).toBe(4)
    for (const key of sessions) expect(key).not.toBe(victim)

    const { json } = await rest(gateway, `GET /sessions/${encodeURIComponent(victim)}/history`)
    expect(JSON.stringify(json)).toContain('the words of eight')
    const keys = (await rest(gateway, 'GET /sessions?limit=100')).json.sessions.map(
      ({ key }: { key: string }) => key,
    )
    expect(keys.filter((key: string) => key.startsWith(victim))).toEqual([victim])
    for (const key of keys) {
      if (key === victim) continue
      const other = await rest(gateway, `GET /sessions/${encodeURIComponent(key)}/history`)
      expect(other.status).toBe(200)
      expect(JSON.stringify(other.json)).not.toContain('words of eight')
    }
    expect(
      to(9)
        .concat(to(GROUP))
        .map(({ text }) => text)
        .join(),
    ).not.toContain('words of eight')
  })
})

function groupNamed(id: string) {
  const entities = [{ type: 'bot_command', offset: 0, length: 7 }]
  const reply = { from: { id: 4242 } }
  return { chat: { id, type: 'supergroup' }, entities, reply_to_message: reply }
}

describe('R57: a delivery is for one account, exactly', () => {
  const SECOND = '206540352242922'

  async function twoNumbers(more: object = {}) {
    const [first, second] = [await whatsappStandIn(), await whatsappStandIn(SECOND)]
    onTestFinished(() => first.stop())
    onTestFinished(() => second.stop())
    const work = { ...whatsappSettings(second.base), phoneNumberId: SECOND, ...more }
    const settings = { ...whatsappSettings(first.base), allowFrom: [ADA], accounts: { work } }
    const gateway = await channelGateway({ whatsapp: settings }).start()
    await settled(gateway)
    const hello = (phoneNumberId: string, id = 'wamid.same') =>
      deliveryOf([{ from: ADA, text: '/whoami', id, phoneNumberId }])
    return { first, second, gateway, hello }
  }

  it('R57: two numbers of one app share a secret, and neither hears what is for the other, also when it is sent again', async () => {
    const { first, second, gateway, hello } = await twoNumbers()
    const [ours, theirs] = [hello(PHONE_NUMBER_ID), hello(SECOND)]
    const astray = hello(SECOND, 'wamid.astray')
    expect((await deliverSigned(gateway, astray)).status).toBe(200)
    expect((await deliverSigned(gateway, theirs)).status).toBe(200)
    expect((await deliverSigned(gateway, ours, { account: 'work' })).status).toBe(200)
    for (const _ of [1, 2, 3]) {
      expect((await deliverSigned(gateway, ours)).status).toBe(200)
      expect((await deliverSigned(gateway, theirs, { account: 'work' })).status).toBe(200)
    }
    await waitFor(() => expect([first.sent.length, second.sent.length]).toEqual([1, 1]))
    await settled(gateway)
    expect(first.sent.map(({ text }) => text?.body.split('\n')[0])).toEqual([`id: whatsapp:${ADA}`])
    expect(second.sent.map(({ text }) => text?.body.split('\n')[0])).toEqual([
      `id: whatsapp:work:${ADA}`,
    ])
  })

  it('R57: no account can be set up twice under one name', () => {
    const { dir } = channelGateway({
      telegram: { token: '4242:one', accounts: { default: { token: '4343:two' } } },
    })
    const { code, stderr } = runCli(dir, ['config', 'validate'])
    expect(code).not.toBe(0)
    expect(stderr).toContain('channels.telegram.accounts')
    expect(stderr).toContain('the settings beside')
    expect(stderr).not.toContain('4343')
  })

  it('R57: a secret opens the path of its own account alone, and a path that could mean two means none', async () => {
    const secret = 'a-secret-of-the-second-app'.repeat(2)
    const { first, second, gateway, hello } = await twoNumbers({ appSecret: secret })
    const [ours, theirs] = [hello(PHONE_NUMBER_ID), hello(SECOND)]
    for (const value of [ours, theirs]) {
      expect((await deliverSigned(gateway, value, { secret })).status).toBe(401)
      expect((await deliverSigned(gateway, value, { account: 'work' })).status).toBe(401)
    }
    const strange = [
      '',
      '/',
      'work/',
      'work/default',
      'WORK',
      'w%6frk',
      '../whatsapp/work',
      'default,work',
      'nobody',
      '*',
    ]
    for (const account of strange)
      expect([account, (await deliverSigned(gateway, theirs, { account, secret })).status]).toEqual(
        [account, 401],
      )
    expect([...first.sent, ...second.sent]).toEqual([])
    expect((await deliverSigned(gateway, theirs, { account: 'work', secret })).status).toBe(200)
    await waitFor(() => expect(second.sent).toHaveLength(1))
    expect(first.sent).toEqual([])
  })
})
