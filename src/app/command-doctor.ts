/** `openclaw doctor`: makes the token it was asked for, collects the facts, runs the checks, repairs, and looks again. */
import { findingsOf } from '../audit/run.ts'
import type { DoctorEnd, DoctorOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { stateDirOf } from '../config/locate.ts'
import { DOCTOR_CHECKS } from '../doctor/checks/index.ts'
import type { Finding } from '../doctor/types.ts'
import { standInForOwner } from '../host/become-owner.ts'
import { configHost } from '../host/config-host.ts'
import { doctorFacts } from './doctor-facts.ts'
import { repairFindings } from './doctor-repair.ts'
import { generateToken } from './doctor-token.ts'

export async function doctorState(options: DoctorOptions, io: Io): Promise<DoctorEnd> {
  const stateDir = stateDirOf(io.env, configHost(io.env).home)
  if (options.fix || options.token !== null) standInForOwner(stateDir)
  const token = options.token === null ? null : await generateToken(io, options.token === 'force')
  const before = await look(options, io)
  if (!options.fix) return { findings: before, repaired: [], token }
  const repaired = await repairFindings(before, { io, stateDir, ask: options.ask })
  return { findings: await look(options, io), repaired, token }
}

async function look({ deep }: DoctorOptions, io: Io): Promise<readonly Finding[]> {
  return findingsOf(DOCTOR_CHECKS, await doctorFacts({ io, deep }))
}
