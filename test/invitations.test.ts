/** Invitations by code, end to end: a built gateway, its command line, and a stand-in of Telegram's servers (SPEC 14.6). */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  approve,
  operator,
  paired,
  request,
  returning,
} from '../src/server/websocket/pairing.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import {
  bearer,
  makeStateDir,
  runCli,
  startGateway,
  TOKEN,
  type RunningGateway,
} from './gateway.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const waitFor = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 })

async function telegram(settings: object = {}, more: object = {}) {
  const network = await TelegramStandIn.start()
  ends.push(() => network.stop())
  const config = {
    gateway: { auth: { mode: 'token', token: TOKEN } },
    channels: { telegram: { token: network.token, apiBase: network.apiBase, ...settings } },
    ...more,
  }
  const dir = makeStateDir({ config })
  ends.push(() => rmSync(dir, { recursive: true, force: true }))
  const start = async (): Promise<RunningGateway> => {
    const gateway = await startGateway({ dir })
    ends.push(() => gateway.stop('SIGKILL'))
    return gateway
  }
  /** Somebody writes: what they hear next. */
  const hears = async (id: number, text: string): Promise<string> => {
    const before = textsTo(network, id).length
    network.say({ from: { id }, text })
    await waitFor(() => expect(textsTo(network, id)).toHaveLength(before + 1))
    return textsTo(network, id).at(-1) ?? ''
  }
  return { network, dir, start, hears }
}

function textsTo(network: TelegramStandIn, id: number): readonly string[] {
  return network.sent.filter(({ chatId }) => chatId === `${id}`).map(({ text }) => text)
}

async function rest(gateway: RunningGateway, call: string, body?: object) {
  const [method = '', path = ''] = call.split(' ')
  const { status, json } = await gateway.ask({
    method,
    path: `/api/v1${path}`,
    headers: bearer(TOKEN),
    ...(body !== undefined && { body }),
  })
  return { status, json: Object(json) }
}

function everyFileOf(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

test('R20 the owner invites somebody while strangers fill the queue, and they talk to the agent', async () => {
  const { network, dir, start, hears } = await telegram()
  const gateway = await start()
  const cli = (...args: string[]) => runCli(dir, args)
  for (const id of [8, 9, 10]) expect(await hears(id, 'hello')).toMatch(/^Pairing required/)

  const made = cli('pairing', 'invite', 'telegram', '--for', 'Anna')
  expect(made.code).toBe(0)
  const code = made.stdout.trim()
  expect(code).toMatch(/^([A-HJKMNP-Z2-9]{4}-){3}[A-HJKMNP-Z2-9]{4}$/)
  const listed = cli('pairing', 'list')
  expect(listed.stdout).toMatch(/Anna\s+1 of 1\s+owner:owner/)
  const { json: before } = await rest(gateway, 'GET /senders')
  const [{ invitationId }] = before.invitations
  expect(JSON.stringify(before.invitations)).not.toMatch(/digest|usedBy|maker/)

  expect(await hears(7, code.toLowerCase())).toBe('You may write now.')
  expect(await hears(7, '/whoami')).toContain('id: telegram:7')
  const { json } = await rest(gateway, 'GET /senders')
  expect(json).toMatchObject({
    invitations: [],
    approved: [{ senderId: '7', via: 'invite', approvedBy: 'owner:owner' }],
  })
  expect(json.requests).toHaveLength(3)

  // It is used up: for the next one it is a message like any other, and the queue is full.
  network.say({ from: { id: 11 }, text: code })
  await waitFor(async () => {
    const record = JSON.stringify((await rest(gateway, 'GET /record?limit=50')).json)
    expect(record).toContain(`invitation=${invitationId} by=owner:owner`)
    expect(record).toContain('sender:telegram:7')
    expect(record).toContain('telegram:11')
  })
  expect(textsTo(network, 11)).toEqual([])
  await gateway.stop()
  const kept = everyFileOf(dir)
  for (const text of [code, code.toLowerCase(), code.replaceAll('-', '')])
    expect(kept).not.toContain(text)
})

test('an invitation outlives a gateway that is killed, as often as it may be used, until it is cancelled', async () => {
  const { network, dir, start, hears } = await telegram()
  const first = await start()
  const made = await rest(first, 'POST /senders', { channel: 'telegram', uses: 3, expires: '7d' })
  expect(made).toMatchObject({ status: 200, json: { uses: 3, usesLeft: 3, accountId: 'default' } })
  const { code, invitationId } = made.json
  expect(await hears(7, code)).toBe('You may write now.')
  await first.stop('SIGKILL')

  const second = await start()
  // What was under way when it was killed may be said twice: a use is taken once.
  network.say({ from: { id: 7 }, text: '/whoami' })
  await waitFor(() => expect(textsTo(network, 7).at(-1)).toContain('id: telegram:7'))
  expect(await hears(8, code)).toBe('You may write now.')
  const { json } = await rest(second, 'GET /senders')
  expect(json.invitations).toMatchObject([{ invitationId, usesLeft: 1 }])
  for (const misused of [[], ['telegram', '--cancel', invitationId], ['telegram', '--uses', '0']])
    expect(runCli(dir, ['pairing', 'invite', ...misused])).toMatchObject({ code: 2, stdout: '' })
  const cancelled = runCli(dir, ['pairing', 'invite', '--cancel', invitationId])
  expect(cancelled).toMatchObject({ code: 0 })
  expect(await hears(9, code)).toMatch(/^Pairing required/)
  const again = await rest(second, `DELETE /invitations/${invitationId}`)
  expect(again.status).toBe(404)
})

test('an invitation ends with the token that made it', async () => {
  const { dir, start, hears } = await telegram()
  const gateway = await start()
  const { json } = await rest(gateway, 'POST /senders', { channel: 'telegram' })
  expect(runCli(dir, ['token', 'rotate'])).toMatchObject({ code: 0 })
  expect(runCli(dir, ['token', 'promote', '--force'])).toMatchObject({ code: 0 })
  expect(await hears(7, json.code)).toMatch(/^Pairing required/)
})

describe('R15 an invitation of a device', () => {
  const scopes = ['operator.pairing']

  test('works for somebody as long as the device may pair, by that very approval', async () => {
    const { start, hears } = await telegram()
    const { port } = await start()
    const one = await paired(port, { scopes })
    const device = await admitted(port, returning(one))
    const invite = async (): Promise<string> => {
      const made = await device.call('channels.pairing.invite', { channel: 'telegram' })
      return Object(made.payload).code
    }
    const [first, second] = [await invite(), await invite()]
    await device.close()
    expect(await hears(7, first)).toBe('You may write now.')

    const owner = await operator(port)
    const revoke = { deviceId: one.device.id, role: 'operator' }
    expect(await owner.call('device.token.revoke', revoke)).toMatchObject({ ok: true })
    expect(await hears(8, second)).toMatch(/^Pairing required/)
    await approve(port, await request(port, { device: one.device, scopes }))
    const { payload } = await owner.call('channels.pairing.list', {})
    expect(payload).toMatchObject({ approved: [{ senderId: '7' }], invitations: [] })
    await owner.close()
  })
})

test('the owner hears in a chat who came by an invitation, and whom it was for', async () => {
  const owners = { commands: { ownerAllowFrom: ['telegram:5'] } }
  const { network, start, hears } = await telegram({ allowFrom: [5] }, owners)
  const gateway = await start()
  const { json } = await rest(gateway, 'POST /senders', { channel: 'telegram', for: 'Anna' })
  await hears(7, json.code)
  await waitFor(() =>
    expect(textsTo(network, 5)).toEqual([
      'telegram:7 (Nick) came by an invitation for Anna, and may write to your agents.',
    ]),
  )
})

test('what could let nobody in, or what nobody can have meant, is refused and made of nothing', async () => {
  const { start } = await telegram({ dmPolicy: 'locked' })
  const gateway = await start()
  const invite = async (body: object) => {
    const { status, json } = await rest(gateway, 'POST /senders', body)
    return `${status} ${json.error?.message ?? ''}`
  }
  const telegramIs = { channel: 'telegram' }
  expect(await invite(telegramIs)).toMatch(/^409 .*dmPolicy pairing alone/)
  expect(await invite({ channel: 'discord' })).toMatch(/^400 .*no such account/)
  expect(await invite({ ...telegramIs, account: 'second' })).toMatch(/^400 .*no such account/)
  expect(await invite({ ...telegramIs, uses: 0 })).toMatch(/^400/)
  expect(await invite({ ...telegramIs, uses: 101 })).toMatch(/^400/)
  expect(await invite({ ...telegramIs, uses: true })).toMatch(/^400/)
  expect(await invite({ ...telegramIs, for: 'two\nlines' })).toMatch(/^400/)
  expect(await invite({ ...telegramIs, sender: '7', for: 'Anna' })).toMatch(
    /^400 .*leave the sender out/,
  )
  expect((await rest(gateway, 'GET /senders')).json).toEqual({
    requests: [],
    approved: [],
    invitations: [],
  })
  expect(await invite({ ...telegramIs, sender: '7' })).toMatch(/^200/)
})

test.each([
  [{ expires: 'never' }, 'at most 30d'],
  [{ expires: '31d' }, 'at most 30d'],
  [{ approvalExpires: '12h' }, 'later than expires'],
])('an invitation without a sensible end is refused: %j', async (ends_, why) => {
  const { start } = await telegram()
  const gateway = await start()
  const refused = await rest(gateway, 'POST /senders', { channel: 'telegram', ...ends_ })
  expect([refused.status, refused.json.error.message]).toEqual([400, expect.stringContaining(why)])
  const fine = await rest(gateway, 'POST /senders', { channel: 'telegram', approvalExpires: '2d' })
  expect(fine.status).toBe(200)
})
