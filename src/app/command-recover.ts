/** `openclaw recover`: who may, whether a gateway runs, the steps, and the trial at the end (decision 010). */
import { homedir } from 'node:os'
import type { RecoverEnd, RecoverOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { stateDirOf } from '../config/locate.ts'
import { systemClock } from '../core/clock.ts'
import { acquireGatewayLock } from '../host/gateway-lock.ts'
import { stampOf } from '../recover/aside.ts'
import { BEFORE_THE_LOCK, TO_EXAMINE, UNDER_THE_LOCK } from '../recover/index.ts'
import { runSteps, type Run } from '../recover/run-steps.ts'
import { takeOwnership, type Asked } from './recover-ownership.ts'
import { placeFor } from './recover-place.ts'
import { prove } from './recover-proof.ts'
import { whileItRuns } from './recover-while-running.ts'

export async function recoverState(
  options: RecoverOptions,
  io: Io,
  tell: Asked['tell'],
): Promise<RecoverEnd> {
  const stateDir = stateDirOf(io.env, io.env['HOME'] || homedir())
  const refusal = await takeOwnership(stateDir, { options, io, tell })
  if (refusal !== null) return { kind: 'refused', message: refusal }
  const running = await whileItRuns(stateDir, { options, io, tell })
  if (running !== null) return running

  const now = systemClock()
  const place = placeFor(stateDir, io, now)
  if (options.dryRun) {
    const run: Run = { place, mode: 'examine', tell }
    const found = await runSteps(TO_EXAMINE, run)
    return { kind: 'examined', found: found.repairs + found.left }
  }
  const run: Run = { place, mode: 'repair', tell }
  const before = await runSteps(BEFORE_THE_LOCK, run)
  const lock = acquireGatewayLock(stateDir)
  if (lock.kind === 'taken')
    return {
      kind: 'refused',
      message: `another program holds ${stateDir}: a gateway that has just been started, or another recover`,
    }
  if (lock.kind === 'impossible') return { kind: 'not-admin', why: lock.message }
  try {
    const under = await runSteps(UNDER_THE_LOCK, run)
    const tally = { repairs: before.repairs + under.repairs, left: before.left + under.left }
    return await prove({ run, io, options, tally, stamp: stampOf(now) })
  } finally {
    lock.release()
  }
}
