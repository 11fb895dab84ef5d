/** Whether a request costs more once many addresses have guessed wrongly: it must not. */
import { alone, samples } from './compare.ts'
import { STRICT, TOKEN, startGateway } from './gateway.ts'
import { keepAliveLoad, sendEach } from './http-load.ts'
import type { Row } from './row.ts'
import type { ServerProcess } from './server-process.ts'

const FEW = 10
const MANY = 100_000
/** An address of this host that plays the proxy, and forwards for whomever it says. */
const PROXY = '127.0.0.2'

export const TRACKED_NAMES = ['tracked-10', 'tracked-100000']

const load = keepAliveLoad({
  path: '/api/v1/whoami',
  headers: ['x-forwarded-for: 203.0.113.9', `authorization: Bearer ${TOKEN}`],
  status: 200,
})

export async function trackedRows(wanted: (name: string) => boolean): Promise<readonly Row[]> {
  if (!TRACKED_NAMES.some(wanted)) return []
  const gateway = await startGateway({ ...STRICT, trustedProxies: [PROXY] })
  try {
    await guessFrom(gateway, { first: 0, count: FEW })
    await load(gateway.port, 500)
    const few = await samples(gateway, load)
    await guessFrom(gateway, { first: FEW, count: MANY - FEW })
    const many = await samples(gateway, load)
    return [alone('tracked-10', few, null), alone('tracked-100000', many, 'as with 10')]
  } finally {
    await gateway.stop()
  }
}

/** One wrong token from each of `count` addresses that nobody has seen. */
async function guessFrom(
  { port }: ServerProcess,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<void> {
  await sendEach({ port, total: count, localAddress: PROXY, status: 401 }, (n) => {
    const address = `10.${(first + n) >> 16}.${((first + n) >> 8) & 255}.${(first + n) & 255}`
    const headers = [`x-forwarded-for: ${address}`, `authorization: Bearer ${'0'.repeat(64)}`]
    return ['GET /api/v1/whoami HTTP/1.1', 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n')
  })
}
