/** For tests: devices that ask to be approved, operators who approve them, and the tokens that they come back with. All of it over the wire. */
import { z } from 'zod'
import { TestDevice } from '../../access/device.fixture.ts'
import { TOKEN } from '../../access/scene.fixture.ts'
import { ALL_SCOPES } from '../../access/scopes.ts'
import {
  admitted,
  refusal,
  REMOTE,
  type ClientOptions,
  type TestClient,
} from './test-client.fixture.ts'

export interface Wish {
  readonly device?: TestDevice
  readonly role?: string
  readonly scopes?: readonly string[]
  /** As `devices approve --expires` takes it. */
  readonly expires?: string
  /** A source address of this host. */
  readonly from?: string
}

export interface Paired {
  readonly device: TestDevice
  readonly role: string
  readonly scopes: readonly string[]
  readonly token: string
}

const issued = z.strictObject({
  deviceToken: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  issuedAtMs: z.int(),
})
const hello = z.looseObject({
  auth: z.strictObject({
    role: z.string(),
    scopes: z.array(z.string()),
    method: z.string(),
    deviceToken: z.string().optional(),
    issuedAtMs: z.int().optional(),
    deviceTokens: z.array(issued).optional(),
  }),
})
const pairingDetails = z.looseObject({ requestId: z.string() })

/** Who the hello of an admitted client says that it is. */
export function authOf(client: TestClient) {
  return hello.parse(client.frames.find(({ id }) => id === 'connect')?.payload).auth
}

export function tokenIn(client: TestClient): string {
  const { deviceToken } = authOf(client)
  if (deviceToken === undefined) throw new Error('no token in the hello')
  return deviceToken
}

/** Somebody on the gateway's host with the shared token and no device: may do whatever these scopes allow. */
export function operator(
  port: number,
  scopes: readonly string[] = ALL_SCOPES,
): Promise<TestClient> {
  return admitted(port, { params: { auth: { token: TOKEN }, scopes } })
}

/** From elsewhere, with the shared token. */
export function asking({
  device = new TestDevice(),
  role = 'operator',
  scopes = ['operator.read'],
  from,
}: Wish): ClientOptions & { readonly device: TestDevice } {
  return {
    device,
    headers: REMOTE,
    ...(from !== undefined && { from }),
    params: { auth: { token: TOKEN }, role, scopes },
  }
}

/** Asks and is told to wait. Resolves with the id of the request. */
export async function request(port: number, wish: Wish): Promise<string> {
  const { details } = await refusal(port, asking(wish))
  return pairingDetails.parse(details).requestId
}

export async function approve(port: number, requestId: string, expires?: string): Promise<void> {
  const who = await operator(port)
  const { error } = await who.call('device.pair.approve', {
    requestId,
    ...(expires !== undefined && { expires }),
  })
  await who.close()
  if (error !== undefined) throw new Error(JSON.stringify(error))
}

/** A device that was approved, with the token that its next hello brought. */
export async function paired(port: number, wish: Wish = {}): Promise<Paired> {
  const { role = 'operator', scopes = ['operator.read'] } = wish
  const asks = asking(wish)
  await approve(port, await request(port, { ...wish, device: asks.device }), wish.expires)
  const client = await admitted(port, asks)
  const token = tokenIn(client)
  await client.close()
  return { device: asks.device, role, scopes, token }
}

/** Its own token and nothing else, from elsewhere. `params`: what else of `connect` it says. */
export function returning(
  { device, role, scopes, token }: Paired,
  params: Record<string, unknown> = {},
): ClientOptions {
  return {
    device,
    headers: REMOTE,
    params: { auth: { deviceToken: token }, role, scopes, ...params },
  }
}
