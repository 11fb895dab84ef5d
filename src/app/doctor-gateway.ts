/** Whether a gateway runs on the state dir and answers, and who else has its port. */
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { z } from 'zod'
import type { Io } from '../cli/types.ts'
import type { Config } from '../config/schema.ts'
import { isLoopback, isUnspecified } from '../core/address.ts'
import { messageOf } from '../core/errors.ts'
import { jsonOf } from '../core/json.ts'
import type { DoctorFacts, GatewayFact, ListenerFact } from '../doctor/types.ts'
import { readGatewayInfo, type GatewayInfo } from '../host/gateway-lock.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import { portListeners } from '../host/port-listeners.ts'
import { askOwnerSocket, ownerWhoami } from './owner-whoami.ts'

const WAIT_MS = 1000

export interface Found {
  readonly fact: GatewayFact
  /** What a gateway that runs says of itself. */
  readonly info: GatewayInfo | null
}

interface Asked {
  readonly stateDir: string
  readonly io: Io
  /** `null` where it cannot be read. */
  readonly config: Config | null
}

export async function gatewayFact({ stateDir, io, config }: Asked): Promise<Found> {
  const { mode, remote } = config?.gateway ?? {}
  if (mode === 'remote') {
    const url = remote?.url ?? ''
    return { fact: { kind: 'remote', url, silent: await silence(url) }, info: null }
  }
  const state = readGatewayInfo(stateDir)
  if (state.kind === 'unknown') return { fact: { kind: 'unknown', why: state.message }, info: null }
  if (state.kind === 'stopped') {
    const killed = state.last === null ? null : { pid: state.last.pid }
    return { fact: { kind: 'stopped', killed }, info: null }
  }
  const { info } = state
  const path = socketPathOf(stateDir, io, info)
  const [silent, notInForce, deaf] = await Promise.all([
    ownerSilence(path),
    olderConfiguration(path),
    deafness(info),
  ])
  const { pid = null, version = null } = info ?? {}
  return { fact: { kind: 'running', pid, version, silent, notInForce, deaf }, info }
}

function socketPathOf(stateDir: string, { env }: Io, info: GatewayInfo | null): string | null {
  const uid = process.getuid?.() ?? 0
  const beside = ownerSocketPath({ stateDir, env, uid, temporary: tmpdir() })
  return info?.ownerSocket ?? (beside.kind === 'at' ? beside.path : null)
}

async function ownerSilence(path: string | null): Promise<string | null> {
  if (path === null) return 'it has none'
  const answer = await ownerWhoami(path, WAIT_MS)
  if (answer.kind === 'admin') return null
  return answer.kind === 'nobody' ? `nobody listens at ${path}` : answer.why
}

const STATUS = z.object({ configError: z.string().nullable() })

/** One that does not answer is said by {@link ownerSilence}. */
async function olderConfiguration(path: string | null): Promise<string | null> {
  if (path === null) return null
  const answer = await askOwnerSocket(path, '/api/v1/status', WAIT_MS).catch(() => null)
  return STATUS.safeParse(jsonOf(answer?.body ?? '')).data?.configError ?? null
}

async function deafness(
  info: GatewayInfo | null,
): Promise<readonly { readonly at: string; readonly why: string }[]> {
  if (info === null || info.port === 0) return []
  const found = await Promise.all(
    [...new Set(info.bind)].map(async (address) => {
      const host = isUnspecified(address) ? (address === '::' ? '::1' : '127.0.0.1') : address
      const at = `http://${host.includes(':') ? `[${host}]` : host}:${info.port}`
      const why = await silence(at, '/readyz')
      return why === null ? [] : [{ at, why }]
    }),
  )
  return found.flat()
}

/** `null`: it answered 200. `url` may be that of a WebSocket. */
function silence(url: string, path = '/healthz'): Promise<string | null> {
  const parsed = URL.parse(path, url.replace(/^ws/, 'http'))
  if (parsed === null) return Promise.resolve('no address is given')
  if (parsed.protocol === 'https:') return overTls(parsed)
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(WAIT_MS)
    const asked = request(parsed, { agent: false, signal }, ({ statusCode }) => {
      resolve(statusCode === 200 ? null : `it answers ${statusCode} to ${path}`)
      asked.destroy()
    })
    asked.on('error', (error) =>
      resolve(signal.aborted ? `no answer in ${WAIT_MS / 1000} s` : messageOf(error)),
    )
    asked.end()
  })
}

async function overTls(url: URL): Promise<string | null> {
  try {
    const { status } = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(WAIT_MS),
    })
    return status === 200 ? null : `it answers ${status} to ${url.pathname}`
  } catch (error) {
    return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
  }
}

/** Its own sockets are not somebody else's. */
export async function portFact(
  config: Config | null,
  { fact, info }: Found,
): Promise<DoctorFacts['port']> {
  const number = config?.gateway.port ?? 18_789
  if (number === 0 || fact.kind === 'remote') return { number, takenBy: [] }
  const listeners = await portListeners(number)
  const own = (one: ListenerFact): boolean =>
    info !== null && (one.pid === info.pid || (one.pid === null && info.port === number))
  return { number, takenBy: listeners.filter((one) => !own(one) && inTheWay(one, config)) }
}

/** Two programs can have one port at different addresses. */
function inTheWay({ address }: ListenerFact, config: Config | null): boolean {
  const { bind = 'loopback', customBindHost } = config?.gateway ?? {}
  if (isUnspecified(address) || bind === 'lan') return true
  return bind === 'custom' ? address === customBindHost : isLoopback(address)
}
