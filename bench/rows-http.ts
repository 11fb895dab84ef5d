/** What a request costs: public, with a good token, with none, with a wrong one, and from a locked address. */
import { startBareHttp } from './bare.ts'
import { compare, type Load } from './compare.ts'
import { FORWARDED, STRICT, TOKEN, startGateway } from './gateway.ts'
import { captureAnswer } from './http-answer.ts'
import { freshAddress, freshAddressLoad, keepAliveLoad } from './http-load.ts'
import type { Row } from './row.ts'
import type { ServerProcess } from './server-process.ts'

const GOOD = `authorization: Bearer ${TOKEN}`
const WRONG = `authorization: Bearer ${'0'.repeat(64)}`
const WHOAMI = '/api/v1/whoami'
const GUESSES_UNTIL_LOCKED = 10

interface HttpRow {
  readonly name: string
  readonly goal: string | null
  readonly path: string
  readonly headers: readonly string[]
  readonly status: number
  /** One address that is locked first, a new one for every few requests, or always the same. */
  readonly from: 'one' | 'fresh' | 'locked'
}

const HTTP_ROWS: readonly HttpRow[] = [
  { name: 'health', goal: null, path: '/health', headers: [], status: 200, from: 'one' },
  {
    name: 'good-token',
    goal: '≤ 1.5 × CPU',
    path: WHOAMI,
    headers: [FORWARDED, GOOD],
    status: 200,
    from: 'one',
  },
  {
    name: 'no-token',
    goal: '≤ 1.5 × CPU',
    path: WHOAMI,
    headers: [FORWARDED],
    status: 401,
    from: 'one',
  },
  {
    name: 'wrong-token',
    goal: null,
    path: WHOAMI,
    headers: [FORWARDED, WRONG],
    status: 401,
    from: 'fresh',
  },
  {
    name: 'locked',
    goal: '≤ 1.7 × CPU',
    path: WHOAMI,
    headers: [FORWARDED, WRONG],
    status: 429,
    from: 'locked',
  },
]

export const HTTP_NAMES = HTTP_ROWS.map(({ name }) => name)

export async function httpRows(wanted: (name: string) => boolean): Promise<readonly Row[]> {
  const gateway = await startGateway(STRICT)
  try {
    const rows: Row[] = []
    for (const row of HTTP_ROWS.filter(({ name }) => wanted(name)))
      rows.push(await httpRow(row, gateway))
    return rows
  } finally {
    await gateway.stop()
  }
}

async function httpRow(
  { name, goal, from, ...request }: HttpRow,
  gateway: ServerProcess,
): Promise<Row> {
  const localAddress = from === 'one' ? '127.0.0.1' : freshAddress()
  if (from === 'locked') await lock(gateway, localAddress)

  const answer = await captureAnswer({ ...request, port: gateway.port, localAddress })
  if (answer.status !== request.status) {
    throw new Error(
      `${name}: expected status ${request.status}, got ${answer.status}: ${answer.body}`,
    )
  }
  const load: Load =
    from === 'fresh' ? freshAddressLoad(request) : keepAliveLoad(request, localAddress)
  const bare = await startBareHttp(answer)
  try {
    return await compare({ name, goal, load, gateway, bare })
  } finally {
    await bare.stop()
  }
}

async function lock({ port }: ServerProcess, localAddress: string): Promise<void> {
  for (const _ of Array.from({ length: GUESSES_UNTIL_LOCKED })) {
    await captureAnswer({ port, path: WHOAMI, headers: [FORWARDED, WRONG], localAddress })
  }
}
