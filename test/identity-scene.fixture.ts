/** For tests: a gateway that hears of users from a stand-in tailscaled or a proxy, and one connection to it after the other. */
import { onTestFinished, vi } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { standIn, whoisAnswer } from '../src/host/tailscale-stand-in.ts'
import {
  BASE_PARAMS,
  TestClient,
  type ClientOptions,
  type Frame,
} from '../src/server/websocket/test-client.fixture.ts'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import {
  CLIENTS,
  type ClientName,
  type IdentityCase,
  type Setting,
  type ShownName,
} from './identity-table.fixture.ts'

const PASSWORD = 'correct-horse-battery-staple-42'
const HOST = 'claw.tail1.ts.net'
const PAGE = `https://${HOST}`
const PROXY = '127.0.0.2'
const USER = 'alice@example.com'

/** What `tailscale whois` does when asked of a machine of Alice's: all of 100.64.0.0/16 is hers. */
const KNOWS_ALICE = `case "$*" in
  whois*100.64.*) echo '${whoisAnswer(USER)}' ;;
  *) echo 'no match for IP' >&2; exit 1 ;;
esac`

export interface IdentityScene {
  readonly gateway: RunningGateway
  readonly by: IdentityCase['by']
  readonly mode: string
}

export async function openScene(
  by: IdentityCase['by'],
  { auth, security }: Setting,
): Promise<IdentityScene> {
  const tailscale = standIn(KNOWS_ALICE)
  onTestFinished(() => tailscale.remove())
  const { mode = 'token' } = auth as { readonly mode?: string }
  const secret = mode === 'token' ? { token: TOKEN } : { password: PASSWORD }
  const trustedProxy = {
    userHeader: 'x-forwarded-user',
    allowUsers: [USER],
    allowLoopback: true,
  }
  const proxied = mode === 'trusted-proxy'
  const config = {
    gateway: {
      ...(proxied && { trustedProxies: [PROXY] }),
      auth: { ...auth, ...secret, ...(proxied && { trustedProxy }) },
      controlUi: { allowedOrigins: [PAGE] },
    },
    security: { maxPendingPairings: 100, ...security },
  }
  const gateway = await startGateway({ config, env: { PATH: tailscale.path } })
  onTestFinished(async () => void (await gateway.stop()))
  return { gateway, by, mode }
}

/** The visitor's number; whoever comes has an address that nobody had before. */
export interface Visitor {
  readonly name: ClientName
  readonly shown: ShownName
  readonly number: number
}

/** What the visitor was answered, and the address under which the record has it; `null`: there is no such case. */
export interface Heard {
  readonly answer: Frame
  readonly addresses: readonly string[]
}

export async function visit(scene: IdentityScene, visitor: Visitor): Promise<Heard | null> {
  const { name, shown } = visitor
  const ownToken = shown === 'token' || shown === 'identityAndToken'
  if (ownToken && !CLIENTS[name].device) return null
  const device = CLIENTS[name].device ? new TestDevice() : null
  const deviceToken = ownToken && device !== null ? await tokenOf(scene, name, device) : null
  const { source, client, headers } = wayIn(scene, visitor)
  const answer = await say(scene, {
    from: source,
    headers: { ...headers, ...(name.startsWith('page') && { origin: PAGE }) },
    ...(device !== null && { device }),
    params: {
      ...paramsOf(name),
      ...(/secret$/i.test(shown) && secretOf(scene)),
      ...(deviceToken !== null && { auth: { deviceToken } }),
    },
  })
  return { answer, addresses: source === PROXY ? [client] : [client, source] }
}

function secretOf({ mode }: IdentityScene) {
  return { auth: mode === 'token' ? { token: TOKEN } : { password: PASSWORD } }
}

function paramsOf(name: ClientName) {
  const page = { ...BASE_PARAMS.client, id: 'openclaw-control-ui', mode: 'webchat' }
  const { role } = CLIENTS[name]
  return { role, ...(name.startsWith('page') && { client: page }) }
}

/** Serve and the proxy reach the gateway from this host; whom they name stands in their headers. */
function wayIn({ by }: IdentityScene, { shown, number }: Visitor) {
  const login = shown.startsWith('mismatch') ? 'eve@example.com' : USER
  const named = shown.startsWith('identity') || shown.startsWith('mismatch')
  if (by === 'proxy') {
    const client = `198.51.100.${number}`
    const forwarded = { host: HOST, 'x-forwarded-for': client }
    const headers = named ? { ...forwarded, 'x-forwarded-user': login } : forwarded
    return { source: PROXY, client, headers }
  }
  const client = named ? `100.64.0.${number}` : `203.0.113.${number}`
  const forwarded = {
    host: HOST,
    'x-forwarded-for': client,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': HOST,
  }
  const headers = named ? { ...forwarded, 'tailscale-user-login': login } : forwarded
  return { source: `127.9.0.${number}`, client, headers }
}

/** On this host a new device with the secret is approved unasked, and handed a token to come back with. */
async function tokenOf(
  scene: IdentityScene,
  name: ClientName,
  device: TestDevice,
): Promise<string> {
  const params = { ...paramsOf(name), ...secretOf(scene) }
  const { payload, error } = await say(scene, { device, params })
  const { auth } = (payload ?? {}) as { readonly auth?: { readonly deviceToken?: string } }
  if (auth?.deviceToken === undefined) throw new Error(`no token: ${JSON.stringify(error)}`)
  return auth.deviceToken
}

async function say({ gateway }: IdentityScene, { params, ...options }: ClientOptions) {
  const client = new TestClient(gateway.port, options)
  try {
    return await client.connect(params)
  } finally {
    await client.close()
  }
}

interface Recorded {
  readonly operation: string
  readonly client: string
  readonly principal: string | null
  readonly code: string | null
}

/** What was heard, beside what the record says of it: entries are written behind their answers, so some may be a moment late. */
export async function outcomes(
  scene: IdentityScene,
  heard: readonly (Heard | null)[],
): Promise<readonly string[]> {
  return vi.waitFor(async () => {
    const { json } = await scene.gateway.ask({
      path: '/api/v1/record?limit=1000',
      headers: bearer(scene.mode === 'token' ? TOKEN : PASSWORD),
    })
    const { entries } = json as { readonly entries: readonly { readonly entry: Recorded }[] }
    const connects = entries
      .map(({ entry }) => entry)
      .filter(({ operation }) => operation === 'connect')
    return heard.map((one) => {
      if (one === null) return '-'
      const entry = connects.find(({ client }) => one.addresses.includes(client))
      if (entry === undefined) throw new Error(`no entry of ${one.addresses.join(', ')}`)
      return inWords(one.answer, entry)
    })
  }, WRITTEN)
}

const WRITTEN = { timeout: 10_000, interval: 50 }

function inWords({ ok, error, payload }: Frame, { principal, code }: Recorded): string {
  if (ok === true) return asWhom(principal ?? 'nobody', payload ?? {})
  const { code: told, requestId } = error?.details ?? {}
  if (told === 'PAIRING_REQUIRED') return requestId === undefined ? 'not even asked' : 'asked'
  return code ?? 'no reason'
}

function asWhom(principal: string, hello: object): string {
  const { auth } = hello as { readonly auth?: { readonly deviceToken?: string } }
  const handed = auth?.deviceToken === undefined ? '' : ', token'
  if (principal === `user:${USER}`) return `user${handed}`
  if (principal.startsWith('device:')) return `device${handed}`
  return principal.startsWith('shared:') ? `secret${handed}` : principal
}
