/** For tests of chat networks, end to end: a built gateway with accounts on stand-ins, and what its operator asks of it. */
import { createHmac } from 'node:crypto'
import { rmSync } from 'node:fs'
import { expect, onTestFinished, vi } from 'vitest'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  PHONE_NUMBER_ID,
  VERIFY_TOKEN,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import {
  bearer,
  makeStateDir,
  REMOTE,
  startGateway,
  TOKEN,
  type Answer,
  type RunningGateway,
} from './gateway.ts'

/** `channels`: as the configuration has them. Every start is on the same state dir; all ends with the test. */
export function channelGateway(channels: object, more: object = {}) {
  const config = { gateway: { auth: { mode: 'token', token: TOKEN } }, channels, ...more }
  const dir = makeStateDir({ config })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return {
    dir,
    start: async (): Promise<RunningGateway> => {
      const gateway = await startGateway({ dir })
      onTestFinished(() => void gateway.stop('SIGKILL'))
      return gateway
    },
  }
}

export const waitFor = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 })

/** `call`: `POST /senders/approve`. */
export async function rest(gateway: RunningGateway, call: string, body?: object, token = TOKEN) {
  const [method = '', path = ''] = call.split(' ')
  const { status, json } = await gateway.ask({
    method,
    path: `/api/v1${path}`,
    headers: { ...REMOTE, ...bearer(token) },
    ...(body !== undefined && { body }),
  })
  return { status, json: Object(json) }
}

/** What a stranger was told, and nothing but that. */
export function codeTo(text: string | undefined): string {
  const [, code = ''] = /^Pairing required\. Code: ([A-Z2-9]{6})$/.exec(text ?? '') ?? []
  expect(code, text).not.toBe('')
  return code
}

/** All accounts of all networks are connected, and nothing waits. */
export function settled(gateway: RunningGateway): Promise<void> {
  return waitFor(async () => {
    const { json } = await rest(gateway, 'GET /channels')
    const accounts = Object.values<{ connected: boolean; waiting: number }[]>(json.channelAccounts)
    for (const account of accounts.flat())
      expect(account).toMatchObject({ connected: true, waiting: 0 })
  })
}

/** Changes the configuration by the command line, and waits until the gateway has it. */
export async function configure(
  gateway: RunningGateway,
  [key, value]: readonly [string, string],
  taken: () => void | Promise<void>,
): Promise<void> {
  const { code, stderr } = gateway.cli(['config', 'set', key, value])
  expect(code, stderr).toBe(0)
  await waitFor(taken)
}

export function whatsappSettings(apiBase: string) {
  return {
    token: ACCESS_TOKEN,
    apiBase,
    phoneNumberId: PHONE_NUMBER_ID,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
  }
}

/** One delivery, signed, as WhatsApp sends it, from a stranger's address. */
export function deliverSigned(
  gateway: RunningGateway,
  value: object,
  { secret = APP_SECRET, account = 'default' }: { secret?: string; account?: string } = {},
): Promise<Answer> {
  const body = JSON.stringify(value)
  const hex = createHmac('sha256', secret).update(body).digest('hex')
  return gateway.ask({
    method: 'POST',
    path: `/webhooks/whatsapp/${account}`,
    headers: { ...REMOTE, 'x-hub-signature-256': `sha256=${hex}` },
    body,
  })
}
