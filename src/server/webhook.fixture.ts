/** For tests: a gateway with one account that a network calls, and requests as anybody sends them. */
import { request as send } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AddressList } from '../core/address.ts'
import type { HookAnswer, HookRequest } from '../channels/types.ts'
import type { Webhook } from './gateway.ts'
import { testGateway, type TestGatewayOptions } from './websocket/test-gateway.fixture.ts'

export const HOOK = '/webhooks/whatsapp/default'
export const VERIFY = 'a-verify-token-nobody-knows'
export const SIGNATURE = 'the-right-signature-of-this-body'

/** Asked for each comparison; `taken` has the bodies. A test changes what is right, or what becomes of it. */
export function fakeAccount() {
  const account = {
    signature: SIGNATURE,
    verify: VERIFY,
    compared: 0,
    /** How many are compared at this moment, and the most there were. */
    under: { now: 0, most: 0 },
    taken: [] as Buffer[],
    failure: null as Error | null,
    async take(request: HookRequest): Promise<HookAnswer> {
      const { method, query, body } = request
      const shown =
        method === 'GET' ? query.get('hub.verify_token') : request.header('X-Hub-Signature-256')
      if (shown === null) return { kind: 'unsigned' }
      account.compared += 1
      account.under.now += 1
      account.under.most = Math.max(account.under.most, account.under.now)
      await sleep(1)
      account.under.now -= 1
      if (shown !== (method === 'GET' ? account.verify : account.signature))
        return { kind: 'forged' }
      if (method === 'GET') return { kind: 'taken', body: query.get('hub.challenge') ?? '' }
      if (body.toString() === 'unreadable') return { kind: 'unreadable' }
      if (account.failure !== null) throw account.failure
      account.taken.push(body)
      return { kind: 'taken', body: '' }
    },
  } satisfies Webhook & Record<string, unknown>
  return account
}

export interface Asking {
  readonly method?: string
  readonly path?: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Whom the proxy in front names; `null`: nobody is in front. */
  readonly from?: string | null
  /** Of another listener. */
  readonly port?: number
}

export interface Heard {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Three wrong guesses lock. `accounts` are those that exist; what comes from 127.0.0.1 came through our proxy. */
export async function webhookGateway(options: TestGatewayOptions = {}) {
  const account = fakeAccount()
  const accounts = new Map<string, Webhook>([['whatsapp default', account]])
  const proxies = new AddressList(['127.0.0.1'])
  const at = await testGateway({
    guesses: { maxAttempts: 3 },
    ...options,
    network: { isTrusted: (address) => proxies.has(address) },
    gateway: {
      webhooks: { find: (channel, name) => accounts.get(`${channel} ${name}`) ?? null },
      ...options.gateway,
    },
  })
  const ask = ({
    method = 'POST',
    path = HOOK,
    body = '',
    headers = {},
    from = '203.0.113.9',
    port = at.port,
  }: Asking): Promise<Heard> =>
    new Promise((done, fail) => {
      const asked = send(
        {
          port,
          host: '127.0.0.1',
          method,
          path,
          headers: {
            host: 'gateway.example',
            ...(from !== null && { 'x-forwarded-for': from }),
            'content-length': Buffer.byteLength(body),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            done({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              headers: response.headers,
            }),
          )
        },
      )
      asked.on('error', fail)
      asked.end(body)
    })
  return {
    ...at,
    account,
    accounts,
    ask,
    /** A delivery, signed rightly unless said otherwise. */
    deliver: (body: string | Buffer, signature = SIGNATURE, more: Asking = {}) =>
      ask({
        body,
        ...more,
        headers: { 'x-hub-signature-256': signature, ...more.headers },
      }),
    handshake: (token: string, more: Asking = {}) =>
      ask({
        method: 'GET',
        path: `${HOOK}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`,
        ...more,
      }),
  }
}
