/** What is to be known of the gateway that runs without being a stranger: what it tells its owner, and what the kernel and the disk say. */
import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ExpectedSocket, LiveFacts, RecordFact } from '../audit/probes/types.ts'
import type { Loaded } from '../config/load.ts'
import type { AuditFacts } from '../audit/types.ts'
import { isUnspecified } from '../core/address.ts'
import { jsonOf } from '../core/json.ts'
import type { GatewayInfo } from '../host/gateway-info.ts'
import { listeningSockets } from '../host/listening-sockets.ts'
import { VERSION } from '../version.ts'
import { sendAll, type Way } from './audit-send.ts'
import { recordFilesOf } from './command-record.ts'
import { knownSecrets } from './known-secrets.ts'
import { placesFor } from './listeners.ts'

export interface LiveParts {
  readonly audit: AuditFacts
  readonly loaded: Loaded
  readonly info: GatewayInfo
  readonly tailnet: readonly string[]
  readonly signal: AbortSignal
}

const STATUS = z.object({
  version: z.string(),
  listening: z
    .array(z.object({ listener: z.string(), address: z.string(), port: z.number().nullable() }))
    .readonly(),
  recordWritable: z.boolean(),
  configError: z.string().nullable().default(null),
  warnings: z.array(z.string()).readonly().default([]),
})

export async function liveFacts(
  parts: LiveParts,
): Promise<{ readonly live: LiveFacts; readonly way: Way }> {
  const { audit, loaded, info, signal } = parts
  const way: Way = {
    host: hostOf(info),
    port: info.port,
    bridge: null,
    ownerSocket: info.ownerSocket ?? '',
    version: VERSION,
    signal,
  }
  const [status, ownerSocket, sockets, record] = await Promise.all([
    statusFrom(way),
    socketFile(info.ownerSocket),
    listeningSockets(info.pid),
    recordFact(audit.stateDir, signal),
  ])
  const bridge = status?.listening.find(({ listener }) => listener === 'bridge')?.port ?? null
  const live: LiveFacts = {
    audit,
    version: VERSION,
    info,
    status,
    ownerSocket,
    // Of another process with that number, in a container say, nothing follows.
    sockets: sockets?.some(({ port }) => port === info.port) === true ? sockets : null,
    expected: expectedSockets(parts, bridge),
    record,
    secrets: knownSecrets(loaded),
  }
  return { live, way: { ...way, bridge } }
}

/** An address on which this host reaches it. */
function hostOf({ bind: [first = '127.0.0.1'] }: GatewayInfo): string {
  if (!isUnspecified(first)) return first
  return first === '::' ? '::1' : '127.0.0.1'
}

async function statusFrom(way: Way): Promise<LiveFacts['status']> {
  if (way.ownerSocket === '') return null
  const [told] = await sendAll(
    [{ over: 'owner', as: 'http', method: 'GET', path: '/api/v1/status', headers: [] }],
    way,
  )
  return STATUS.safeParse(jsonOf(told?.body ?? '')).data ?? null
}

async function socketFile(path: string | null): Promise<LiveFacts['ownerSocket']> {
  const stats = path === null ? null : await lstat(path).catch(() => null)
  if (path === null || stats === null) return null
  return { path, mode: stats.mode & 0o777, uid: stats.uid }
}

/** The port is the one that it was started with, which may be any (`--port`). */
function expectedSockets(
  { loaded: { config }, info, tailnet }: LiveParts,
  bridge: number | null,
): readonly ExpectedSocket[] {
  const { gateway } = config
  const places = placesFor(gateway, tailnet)
  const at = (listener: 'tcp' | 'bridge', port: number | null) =>
    places.map((place) => ({ listener, port, ...place }))
  return [
    ...at('tcp', info.port),
    ...(gateway.bridgePort === undefined ? [] : at('bridge', gateway.bridgePort || bridge)),
    ...(gateway.tailscale.mode === 'off'
      ? []
      : [{ listener: 'tailscale' as const, address: '127.0.0.1', port: null, optional: false }]),
  ]
}

/** More is not read within the time that there is. */
const MOST_RECORD_BYTES = 32 * 1_048_576

async function recordFact(stateDir: string, signal: AbortSignal): Promise<RecordFact> {
  const folder = join(stateDir, 'records')
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  if (sizes.reduce((sum, size) => sum + size, 0) > MOST_RECORD_BYTES) return { kind: 'unread' }
  const late = new Promise<null>((done) =>
    signal.addEventListener('abort', () => done(null), { once: true }),
  )
  const verified = await Promise.race([
    recordFilesOf(stateDir)
      .verify()
      .catch(() => null),
    late,
  ])
  if (verified === null) return { kind: 'unread' }
  if (verified.kind === 'intact') return { kind: 'intact' }
  const where = verified.file === '' ? '' : `${verified.file}:${verified.line}: `
  return { kind: 'broken', what: `${where}${verified.what}` }
}
