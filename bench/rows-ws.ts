/** What a WebSocket costs: a whole handshake with the token, a call, and an idle authenticated socket's memory. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startBareWs } from './bare.ts'
import { compare, type Load } from './compare.ts'
import { STRICT, startGateway } from './gateway.ts'
import type { Row } from './row.ts'
import { rssKib, type ServerProcess } from './server-process.ts'
import { captureFrames } from './ws-frames.ts'
import { callLoad, handshakeLoad, openSession, type Session } from './ws-load.ts'

const IDLE_SOCKETS = 2_000
/** Open before anything is measured: they use up what memory the process has to spare. */
const FIRST_SOCKETS = 1_000
const OPENED_AT_ONCE = 16

interface WsRow {
  readonly name: string
  readonly goal: string | null
  readonly load: Load
}

const WS_ROWS: readonly WsRow[] = [
  { name: 'ws-handshake', goal: '≤ 2 × CPU', load: handshakeLoad() },
  { name: 'ws-call-1', goal: null, load: callLoad(1) },
  { name: 'ws-call-32', goal: '≥ 0.6 × rate', load: callLoad(32) },
]

export const WS_NAMES = [...WS_ROWS.map(({ name }) => name), 'ws-idle-memory']

export async function wsRows(wanted: (name: string) => boolean): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const row of WS_ROWS.filter(({ name }) => wanted(name))) {
    rows.push(await withServers((gateway, bare) => compare({ ...row, gateway, bare })))
  }
  if (wanted('ws-idle-memory')) rows.push(await withServers(idleMemory))
  return rows
}

/** New processes for each row: what one leaves in memory must not help the next. */
async function withServers(
  measure: (gateway: ServerProcess, bare: ServerProcess) => Promise<Row>,
): Promise<Row> {
  const gateway = await startGateway(STRICT)
  try {
    const bare = await startBareWs(await captureFrames(gateway.port))
    try {
      return await measure(gateway, bare)
    } finally {
      await bare.stop()
    }
  } finally {
    await gateway.stop()
  }
}

async function idleMemory(gateway: ServerProcess, bare: ServerProcess): Promise<Row> {
  return {
    name: 'ws-idle-memory',
    unit: 'KiB',
    gateway: await kibPerSocket(gateway),
    bare: await kibPerSocket(bare),
    gatewayRate: null,
    bareRate: null,
    goal: null,
  }
}

/** What the process grows by for each further socket. */
async function kibPerSocket(server: ServerProcess): Promise<number> {
  const first = await openIdle(server, FIRST_SOCKETS)
  const before = rssKib(server.pid)
  const measured = await openIdle(server, IDLE_SOCKETS)
  const grown = rssKib(server.pid) - before
  for (const { socket } of [...first, ...measured]) socket.terminate()
  return grown / measured.length
}

async function openIdle({ port }: ServerProcess, count: number): Promise<readonly Session[]> {
  const sessions: Session[] = []
  while (sessions.length < count) {
    const opening = Array.from({ length: OPENED_AT_ONCE }, () => openSession(port))
    sessions.push(...(await Promise.all(opening)))
  }
  await sleep(1_000)
  return sessions
}
