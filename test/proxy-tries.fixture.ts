/** For tests: one visit through a proxy of each kind, and what came of it in the words of the table. */
import { TestDevice } from '../src/access/device.fixture.ts'
import {
  BASE_PARAMS,
  TestClient,
  type ClientOptions,
  type Frame,
} from '../src/server/websocket/test-client.fixture.ts'
import { ask, bearer, TOKEN, type Answer, type Ask } from './gateway.ts'
import {
  COUNTED_AS_CLIENT,
  COUNTED_AS_PROXY,
  EXAMPLE,
  PAIRED,
  refusedNaming,
  STEPS,
  TOKEN_MISSING,
  WORKS,
  type SettingKey,
  type TryName,
} from './proxy-matrix-table.fixture.ts'

export interface Visit {
  readonly scheme: 'http' | 'https'
  /** Where the proxy listens. */
  readonly proxy: string
  readonly certificate: string
  /** Who asks, as the proxy sees it. */
  readonly client: string
  /** The proxy, as the gateway sees it. */
  readonly peer: string
}

export const ATTEMPTS: Readonly<Record<TryName, (visit: Visit) => Promise<string>>> = {
  async page(visit) {
    const answer = await through(visit, { path: '/', headers: { 'sec-fetch-mode': 'navigate' } })
    if (answer.status !== 200) return refused(visit, answer)
    return /^<!doctype html>/i.test(answer.text) ? WORKS : answer.text
  },
  api: (visit) => whoami(visit, {}),
  forged: (visit) => whoami(visit, { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '9.9.9.9' }),
  guess: async (visit) => refused(visit, await through(visit, { headers: bearer('wrong') })),
  websocket: async (visit) => inWords(await connected(visit, { params: SECRET })),
  device: (visit) => paired(visit, { params: SECRET }),
  controlUi: async (visit) => inWords(await connected(visit, fromPage(visit, SECRET))),
  controlUiDevice: (visit) => paired(visit, fromPage(visit, SECRET)),
  controlUiBare: async (visit) => inWords(await connected(visit, fromPage(visit, {}))),
}

const SECRET = { auth: { token: TOKEN } }

/** A Control UI that was loaded from the public address. */
function fromPage({ scheme }: Visit, params: object): ClientOptions {
  const client = { ...BASE_PARAMS.client, id: 'openclaw-control-ui', mode: 'webchat' }
  return {
    headers: { origin: `${scheme}://${EXAMPLE.name}` },
    params: { ...params, client },
  }
}

function through({ scheme, proxy, certificate }: Visit, { headers, ...rest }: Ask) {
  return ask(scheme === 'https' ? 443 : 80, {
    ...rest,
    to: proxy,
    headers: { host: EXAMPLE.name, ...headers },
    ...(scheme === 'https' && { certificate }),
  })
}

async function whoami(visit: Visit, headers: Record<string, string>): Promise<string> {
  const { json, text } = await through(visit, { headers: { ...bearer(TOKEN), ...headers } })
  const { clientAddress } = json as { readonly clientAddress?: string }
  if (clientAddress === visit.client) return WORKS
  return clientAddress === visit.peer ? COUNTED_AS_PROXY : text
}

/** The record says why, as `openclaw auth why` prints it. */
async function refused(visit: Visit, { text, status }: Answer): Promise<string> {
  const requestId = /"requestId":"([^"]+)"/.exec(text)?.[1]
  if (status < 400 || requestId === undefined) return text
  const { json } = await through(visit, {
    path: `/api/v1/record/${requestId}`,
    headers: bearer(TOKEN),
  })
  const why = (json as { readonly text: string }).text
  const [seen = '', todo = ''] = why.split('What to do:')
  const key = settingIn(todo) ?? settingIn(seen)
  if (key !== null) return refusedNaming(key)
  return why.includes(`${visit.client}, through ${visit.peer}`) ? COUNTED_AS_CLIENT : why
}

function settingIn(text: string): SettingKey | null {
  return STEPS.map(({ key }) => key).find((key) => key !== null && text.includes(key)) ?? null
}

/** Its first answer; an open connection has also shown that it serves. */
async function connected(
  { scheme, proxy, certificate }: Visit,
  { headers, params, ...rest }: ClientOptions,
): Promise<Frame> {
  const client = new TestClient(scheme === 'https' ? 443 : 80, {
    ...rest,
    to: proxy,
    headers: { host: EXAMPLE.name, ...headers },
    ...(scheme === 'https' && { tls: { certificate, name: EXAMPLE.name } }),
  })
  try {
    const answer = await client.connect(params)
    const health = answer.ok === true ? await client.call('health') : answer
    return health.ok === true ? answer : health
  } finally {
    await client.close()
  }
}

function inWords({ ok, error }: Frame): string {
  if (ok === true) return WORKS
  if (error?.details?.['code'] === 'AUTH_TOKEN_MISSING') return TOKEN_MISSING
  const key = settingIn(error?.message ?? '')
  return key === null ? JSON.stringify(error) : refusedNaming(key)
}

/** Asks, is approved through the same proxy, comes back with the token and at last with its own alone. */
async function paired(visit: Visit, options: ClientOptions): Promise<string> {
  const device = new TestDevice()
  const asked = await connected(visit, { ...options, device })
  const requestId = asked.error?.details?.['requestId']
  if (asked.error?.details?.['code'] !== 'PAIRING_REQUIRED' || typeof requestId !== 'string')
    return inWords(asked)
  const approval = await through(visit, {
    method: 'POST',
    path: `/api/v1/devices/requests/${requestId}/approve`,
    headers: bearer(TOKEN),
    body: {},
  })
  if (approval.status !== 200) return approval.text

  const back = await connected(visit, { ...options, device })
  if (back.ok !== true) return inWords(back)
  const { auth } = back.payload as { readonly auth?: { readonly deviceToken?: string } }
  const params = { ...options.params, auth: { deviceToken: auth?.deviceToken } }
  const alone = await connected(visit, { ...options, device, params })
  return alone.ok === true ? PAIRED : inWords(alone)
}
