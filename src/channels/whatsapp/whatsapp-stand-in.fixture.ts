/** For tests: WhatsApp's Cloud API on a real socket. It keeps what it is sent, and delivers to a webhook as WhatsApp does. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '../../core/secret.ts'

export const PHONE_NUMBER_ID = '106540352242922'
export const ACCESS_TOKEN = 'EAAJB-stand-in-access-token'
export const APP_SECRET = '5f4dcc3b5aa765d61d8327deb882cf99'
export const VERIFY_TOKEN = 'stand-in-verify-token'

/** What an account needs to talk to the stand-in. */
export function standInSettings(apiBase: string) {
  return {
    apiBase,
    phoneNumberId: PHONE_NUMBER_ID,
    token: new Secret(ACCESS_TOKEN),
    appSecret: new Secret(APP_SECRET),
    verifyToken: new Secret(VERIFY_TOKEN),
  }
}

export interface Delivery {
  readonly from: string
  readonly text: string
  readonly id?: string
  readonly name?: string
  readonly phoneNumberId?: string
  /** In seconds; now without it. */
  readonly timestamp?: string
}

interface Refusal {
  readonly status: number
  readonly code?: number
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the JSON of an error. */
  readonly body?: string
}

export interface Sending {
  readonly to: string
  readonly type: string
  readonly text?: { readonly body: string }
  readonly interactive?: unknown
  readonly context?: { readonly message_id: string }
  readonly biz_opaque_callback_data: string
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages */
const MOST_TEXT = 4_096

/** `base`: for `apiBase`. `hook`: the address of the webhook that deliveries go to. */
export async function whatsappStandIn(phoneNumberId = PHONE_NUMBER_ID, accessToken = ACCESS_TOKEN) {
  const sent: Sending[] = []
  const refusals: Refusal[] = []
  const ids = { next: 1 }
  const state: { mood: 'well' | 'silent' | 'careless' } = { mood: 'well' }
  const server = createServer((request, response) => void answer(request, response))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    if (state.mood === 'silent') return
    if (state.mood === 'careless')
      return refuse(response, { status: 400, body: `{"error":"${request.headers.authorization}"}` })
    const refusal = refusals.shift()
    if (refusal !== undefined) return refuse(response, refusal)
    if (request.headers.authorization !== `Bearer ${accessToken}`)
      return refuse(response, { status: 401, code: 190 })
    const url = new URL(request.url ?? '', 'http://x')
    if (request.method === 'GET' && url.pathname === `/v23.0/${phoneNumberId}`)
      return json(response, 200, {
        display_phone_number: '+1 555-078-3881',
        verified_name: 'Lobster Ltd',
        id: phoneNumberId,
      })
    if (request.method === 'POST' && url.pathname === `/v23.0/${phoneNumberId}/messages`) {
      const message = JSON.parse(text) as Sending
      if ((message.text?.body.length ?? 0) > MOST_TEXT)
        return refuse(response, { status: 400, code: 100 })
      sent.push(message)
      return json(response, 200, {
        messaging_product: 'whatsapp',
        contacts: [{ input: message.to, wa_id: message.to }],
        messages: [{ id: `wamid.sent${sent.length}` }],
      })
    }
    return refuse(response, { status: 400, code: 100 })
  }

  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo

  /** Signed, as WhatsApp sends it; how it was answered. */
  async function post(hook: string, value: unknown, secret = APP_SECRET): Promise<Response> {
    const body = JSON.stringify(value)
    const hex = createHmac('sha256', secret).update(body).digest('hex')
    return fetch(hook, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${hex}` },
      body,
    })
  }
  return {
    base: `http://127.0.0.1:${port}/v23.0`,
    sent,
    /** How the next requests are answered, one each. */
    refuseNext: (...next: readonly Refusal[]) => void refusals.push(...next),
    post,
    /** `silent`: answers no request any more. `careless`: refuses every one, and repeats what it was sent. */
    feel(mood: (typeof state)['mood']): void {
      state.mood = mood
    },
    /** Again and again until the answer is 200; how often it took. */
    async deliver(hook: string, ...messages: readonly Delivery[]): Promise<number> {
      const value = deliveryOf(
        messages.map((message) => ({ id: `wamid.in${ids.next++}`, ...message })),
      )
      for (let tries = 1; tries <= 50; tries += 1) {
        const { status } = await post(hook, value)
        if (status === 200) return tries
        await sleep(20)
      }
      throw new Error('the webhook does not take the delivery')
    },
    /** As the app's page does it when a webhook is set up. */
    handshake(hook: string, token = VERIFY_TOKEN, challenge = '1158201444'): Promise<Response> {
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.verify_token': token,
        'hub.challenge': challenge,
      })
      return fetch(`${hook}?${query.toString()}`)
    },
    async stop(): Promise<void> {
      server.closeAllConnections()
      await new Promise((closed) => void server.close(closed))
    },
  }
}

/** Messages as one delivery carries them, all to one number. */
export function deliveryOf(messages: readonly Delivery[]): object {
  return deliveryWith({
    phoneNumberId: messages[0]?.phoneNumberId ?? PHONE_NUMBER_ID,
    contacts: messages.map(({ from, name = 'Ada' }) => ({ profile: { name }, wa_id: from })),
    messages: messages.map(({ from, text, id, timestamp }) => ({
      from,
      id,
      timestamp: timestamp ?? String(Math.floor(Date.now() / 1_000)),
      type: 'text',
      text: { body: text },
    })),
  })
}

/** Whatever else a delivery may carry: `messages`, `statuses`. */
export function deliveryWith({
  phoneNumberId = PHONE_NUMBER_ID,
  ...rest
}: Readonly<Record<string, unknown>> & { readonly phoneNumberId?: string }): object {
  const metadata = { display_phone_number: '15550783881', phone_number_id: phoneNumberId }
  const value = { messaging_product: 'whatsapp', metadata, ...rest }
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  }
}

function refuse(response: ServerResponse, { status, code, headers = {}, body }: Refusal): void {
  if (body === undefined)
    return json(
      response,
      status,
      {
        error: {
          message: `(#${code}) secret words about +15551234567`,
          type: 'OAuthException',
          code,
        },
      },
      headers,
    )
  response.writeHead(status, headers)
  response.end(body)
}

function json(
  response: ServerResponse,
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
