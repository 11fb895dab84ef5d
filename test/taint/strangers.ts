/** What strangers do: they write on every network, and show wrong credentials in every place where one may stand. */
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { deliveryOf } from '../../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import { admitted, TestClient } from '../../src/server/websocket/test-client.fixture.ts'
import { waitFor } from '../channels.fixture.ts'
import { bearer, REMOTE, type Answer } from '../gateway.ts'
import type { Day } from './day.ts'
import { WORK_NUMBER } from './world.ts'

/** The codes that they were told. */
export async function strangersWrite(day: Day): Promise<readonly string[]> {
  const { networks } = day.world
  const { telegramWords, telegramWorkWords, discordWords, whatsappWords, forgedWords } = day.secrets
  const say = (id: number, text: string): unknown => networks.telegram.say({ from: { id }, text })
  say(1001, telegramWords.value)
  say(1001, `/pairing approve telegram ${telegramWords.value}`)
  networks.telegram.press({ id: 1002 }, telegramWords.value.slice(0, 24))
  networks.telegram.say({ from: { id: 1003 }, group: -5, text: telegramWords.value })
  networks.discord.say({
    from: { id: '200000000000000001', username: 'anna' },
    channelId: '300000000000000001',
    text: discordWords.value,
  })
  await telegramHook(day, day.secrets.telegramWorkHook.value, telegramWorkWords.value)
  await telegramHook(day, day.secrets.wrongToken.value, forgedWords.value)
  await deliver(day, day.secrets.whatsappApp.value, whatsappWords.value)
  await deliver(day, day.secrets.wrongToken.value, forgedWords.value)
  await deliver(day, day.secrets.whatsappWorkApp.value, whatsappWords.value, 'work')
  for (const token of [day.secrets.whatsappVerify.value, day.secrets.wrongToken.value])
    await day.ask({
      path: `/webhooks/whatsapp/default?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}`,
      headers: REMOTE,
    })
  const told = () => [
    ...networks.telegram.sent.map(({ text }) => text),
    ...networks.telegramWork.sent.map(({ text }) => text),
    ...networks.discord.sent.map(({ content }) => content),
    ...networks.whatsapp.sent.map(({ text }) => text?.body ?? ''),
    ...networks.whatsappWork.sent.map(({ text }) => text?.body ?? ''),
  ]
  const codes = () => told().flatMap((text) => /Code: ([A-Z2-9]{6})$/.exec(text)?.[1] ?? [])
  await waitFor(() => expect(codes()).toHaveLength(5))
  return codes()
}

function telegramHook(day: Day, secret: string, text: string): Promise<Answer> {
  const chat = { id: 1004, type: 'private' }
  const from = { id: 1004, is_bot: false, first_name: 'Nick' }
  return day.ask({
    method: 'POST',
    path: '/webhooks/telegram/work',
    headers: { ...REMOTE, 'x-telegram-bot-api-secret-token': secret },
    body: {
      update_id: 1,
      message: { message_id: 1, date: Math.floor(Date.now() / 1_000), chat, from, text },
    },
  })
}

function deliver(day: Day, secret: string, text: string, account = 'default'): Promise<Answer> {
  const phoneNumberId = account === 'work' ? { phoneNumberId: WORK_NUMBER } : {}
  const body = JSON.stringify(
    deliveryOf([{ from: '15551234567', text, id: `wamid.${account}`, ...phoneNumberId }]),
  )
  const hex = createHmac('sha256', secret).update(body).digest('hex')
  return day.ask({
    method: 'POST',
    path: `/webhooks/whatsapp/${account}`,
    headers: { ...REMOTE, 'x-hub-signature-256': `sha256=${hex}` },
    body,
  })
}

/** Each secret, right, wrong and of another kind, in each place where one may stand. */
export async function strangersGuess(day: Day): Promise<void> {
  for (const [index, { value }] of day.taints.entries()) {
    // Each from an address of its own: a lock would answer for the rest.
    const from = `127.0.1.${index + 1}`
    const basic = `Basic ${Buffer.from(`nick:${value}`).toString('base64')}`
    const shown = [
      bearer(value),
      { authorization: basic },
      { 'x-api-key': value },
      { 'x-openclaw-password': value },
      { cookie: `openclaw_session=${encodeURIComponent(value)}; a=b` },
    ]
    for (const headers of shown) await day.ask({ from, headers: { ...REMOTE, ...headers } })
    const path = `/api/v1/whoami?token=${encodeURIComponent(value)}`
    await day.ask({ from, path, headers: REMOTE })
    for (const body of [{ secret: `${value}x` }, { link: value }, [value]])
      await day.ask({ method: 'POST', path: '/api/v1/session', from, headers: REMOTE, body })
    await connects(day, value, from)
  }
}

async function connects(day: Day, value: string, from: string): Promise<void> {
  const ways = [
    { token: value },
    { password: value },
    { deviceToken: value },
    { bootstrapToken: value },
    { token: { value } },
  ]
  await Promise.all(
    ways.map(async (auth) => {
      const client = new TestClient(day.gateway.port, { from, headers: REMOTE })
      const answer = await client.connect({ auth }).catch(() => null)
      day.note('a connect', JSON.stringify([answer, client.frames]))
      await client.close()
    }),
  )
}

/** Texts that are kept as they came: a secret of ours is one there all the same. */
export async function secretsStray(day: Day): Promise<void> {
  const params = { auth: { token: day.secrets.token.value }, scopes: ['operator.admin'] }
  const client = await admitted(day.gateway.port, { params })
  const known = day.taints.filter(({ settings }) => settings.length > 0)
  for (const { value, name } of known.filter((one) => one.name !== 'cluster.redis')) {
    const header = encodeURIComponent(value)
    for (const text of [header, value])
      await day.ask({ headers: { 'x-forwarded-for': text, origin: text, 'user-agent': text } })
    await day.ask({ path: `/${header}/x?${header}=1`, headers: bearer(day.secrets.token.value) })
    const host = `${value}.example`
    if (/^\w+$/.test(value)) await day.ask({ headers: { host, origin: `https://${host}` } })
    await client.call(value.slice(0, 100), { [value]: value })
    await client.call('chat.history', { sessionKey: name, [value]: value })
  }
  await client.close()
}
