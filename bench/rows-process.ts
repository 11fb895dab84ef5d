/** What the program itself costs: starting, standing idle, and one question on the command line. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBareHttp } from './bare.ts'
import { ENTRY, freshStateDir, gatewayEnv } from './gateway.ts'
import { median, single, type Row } from './row.ts'
import { cleanEnv, freePort, rssKib, startServer } from './server-process.ts'

const RUNS = 5

export const PROCESS_NAMES = ['cold-start', 'idle-rss', 'config-get']

export async function processRows(wanted: (name: string) => boolean): Promise<readonly Row[]> {
  const rows: Row[] = []
  if (wanted('cold-start') || wanted('idle-rss'))
    rows.push(...(await starts()).filter(({ name }) => wanted(name)))
  if (wanted('config-get')) rows.push(configGet())
  return rows
}

async function starts(): Promise<readonly Row[]> {
  const gateway: Start[] = []
  const bare: Start[] = []
  for (const _ of Array.from({ length: RUNS })) {
    gateway.push(await startGatewayOnce())
    bare.push(await startBareOnce())
  }
  const of = (all: readonly Start[], value: keyof Start) => median(all.map((start) => start[value]))
  const rates = { gatewayRate: null, bareRate: null }
  return [
    {
      name: 'cold-start',
      unit: 'ms',
      gateway: of(gateway, 'ms'),
      bare: of(bare, 'ms'),
      ...rates,
      goal: '≤ 400 ms',
    },
    {
      name: 'idle-rss',
      unit: 'MiB',
      gateway: of(gateway, 'mib'),
      bare: of(bare, 'mib'),
      ...rates,
      goal: '≤ 110 MB',
    },
  ]
}

interface Start {
  /** From the start of the process until /health says 200. */
  readonly ms: number
  readonly mib: number
}

/** A state dir that nothing was ever started in. */
async function startGatewayOnce(): Promise<Start> {
  const stateDir = freshStateDir({})
  const port = await freePort()
  const args = [ENTRY, 'gateway', '--port', String(port)]
  try {
    const program = { args, env: gatewayEnv(stateDir), cwd: stateDir, port, readyPath: '/health' }
    return await timed(() => startServer(program))
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}

function startBareOnce(): Promise<Start> {
  return timed(() =>
    startBareHttp({ status: 200, headers: ['Content-Length', '2'], date: true, body: 'ok' }),
  )
}

async function timed(start: () => ReturnType<typeof startServer>): Promise<Start> {
  const began = performance.now()
  const server = await start()
  const ms = performance.now() - began
  await sleep(500)
  const mib = rssKib(server.pid) / 1_024
  await server.stop()
  return { ms, mib }
}

function configGet(): Row {
  const stateDir = freshStateDir({})
  try {
    const took = Array.from({ length: RUNS }, () =>
      runOnce([ENTRY, 'config', 'get', 'gateway.port'], stateDir),
    )
    return single({ name: 'config-get', unit: 'ms', gateway: median(took), goal: '≤ 200 ms' })
  } finally {
    rmSync(stateDir, { recursive: true, force: true })
  }
}

function runOnce(args: readonly string[], stateDir: string): number {
  const began = performance.now()
  const env = { ...cleanEnv(), ...gatewayEnv(stateDir) }
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: stateDir,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`)
  return performance.now() - began
}
