/** Collects what the doctor judges, beside a running gateway or without one; nothing is changed by it. */
import { systemClock } from '../core/clock.ts'
import { stateDirOf } from '../config/locate.ts'
import { load, type LoadResult } from '../config/load.ts'
import type { Io } from '../cli/types.ts'
import type { DoctorFacts } from '../doctor/types.ts'
import { configHost } from '../host/config-host.ts'
import { openFileLimit } from '../host/open-file-limit.ts'
import { VERSION } from '../version.ts'
import { auditState } from './command-audit.ts'
import { changeFact } from './doctor-change.ts'
import { clockFact } from './doctor-clock.ts'
import { configFact } from './doctor-config.ts'
import { gatewayFact, portFact } from './doctor-gateway.ts'
import { diskFact, leftoverFacts, lockFacts, serviceFact } from './doctor-machine.ts'
import { recordFact, storeFact } from './doctor-store.ts'

export interface DoctorRequest {
  readonly io: Io
  /** Also what takes long, or asks somebody on the network. */
  readonly deep: boolean
}

export async function doctorFacts({ io, deep }: DoctorRequest): Promise<DoctorFacts> {
  const host = configHost(io.env)
  const stateDir = stateDirOf(io.env, host.home)
  const loaded: LoadResult = await load({
    variables: io.env,
    flags: {},
    host,
    missing: 'omit',
  })
  const config = loaded.kind === 'loaded' ? loaded.config : null
  const gateway = await gatewayFact({ stateDir, io, config })
  const now = systemClock()
  const [configured, change, port, locks, clock, disk, record, leftovers, service, audited] =
    await Promise.all([
      configFact(loaded, { stateDir, io }),
      changeFact(host, io.env),
      portFact(config, gateway),
      lockFacts(stateDir, loaded.kind === 'loaded' ? loaded.location.file : null),
      clockFact({ stateDir, config: deep ? config : null }),
      diskFact(stateDir),
      recordFact(stateDir),
      leftoverFacts(stateDir, now),
      serviceFact(io),
      // It reads also what a start refuses to: files that others can write.
      auditState({ deep: false, fix: false }, io),
    ])
  return {
    now,
    version: VERSION,
    node: process.versions.node,
    stateDir,
    uid: process.getuid?.() ?? -1,
    config: configured,
    change,
    gateway: gateway.fact,
    port,
    locks,
    clock,
    disk,
    openFiles: openFileLimit((gateway.fact.kind === 'running' ? gateway.fact.pid : null) ?? 'self'),
    store: storeFact(stateDir, deep),
    record,
    leftovers,
    service,
    security: audited,
  }
}
