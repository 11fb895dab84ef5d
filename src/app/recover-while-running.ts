/** `openclaw recover` beside a gateway that runs: it is asked, and nothing in its files is touched (decision 010). */
import { tmpdir } from 'node:os'
import type { RecoverEnd } from '../cli/parts.ts'
import { systemClock } from '../core/clock.ts'
import { readGatewayInfo } from '../host/gateway-lock.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import { WHILE_IT_RUNS } from '../recover/index.ts'
import { runSteps, type Run } from '../recover/run-steps.ts'
import type { Told } from '../recover/types.ts'
import { ownerWhoami } from './owner-whoami.ts'
import { isOurs, type Asked } from './recover-ownership.ts'
import { placeFor } from './recover-place.ts'
import { secretAsked } from './recover-secret.ts'

/** `null`: none runs. */
export async function whileItRuns(
  stateDir: string,
  { options, io, tell }: Asked,
): Promise<RecoverEnd | null> {
  const uid = process.getuid?.() ?? 0
  const socket = ownerSocketPath({ stateDir, env: io.env, uid, temporary: tmpdir() })
  const path = socket.kind === 'at' && isOurs(socket.path, uid) ? socket.path : null
  const answer = path === null ? { kind: 'nobody' as const } : await ownerWhoami(path)
  const state = readGatewayInfo(stateDir)
  if (answer.kind === 'nobody' && state.kind !== 'running') return null
  const pid = state.kind === 'running' ? (state.info?.pid ?? null) : null
  const who = `a gateway runs on ${stateDir}${pid === null ? '' : ` (pid ${pid})`}`
  if (answer.kind !== 'admin') {
    const stop = pid === null ? 'Stop it' : `Stop it (kill ${pid})`
    const why = answer.kind === 'nobody' ? 'nobody answers at its socket' : answer.why
    return { kind: 'refused', message: `${who}, and ${why}. ${stop}, then run this again` }
  }
  if (options.device === null) {
    const place = placeFor(stateDir, io, systemClock())
    const run: Run = { place, mode: 'examine', tell: (told) => tell(besideIt(told)) }
    const { repairs, left } = await runSteps(WHILE_IT_RUNS, run)
    const secret = await secretAsked(place, [], options)
    return { kind: 'admin', proof: 'running', made: [], ...secret, left: 0, found: repairs + left }
  }
  return {
    kind: 'refused',
    message: `${who}, and you are its administrator. Approve the device there when it asks; or stop it first: openclaw gateway stop`,
  }
}

/** Nothing is repaired under a gateway that runs, and what it reads only once it starts is no trouble to it yet. */
function besideIt(told: Told): Told {
  if (told.kind !== 'found') return told
  const { step, what } = told
  const why = step === 'config' || step === 'env' ? `${what} (${KEEPS_THE_OLD})` : what
  return { kind: 'found', step, what: why, would: null, next: MEND_IT }
}

const KEEPS_THE_OLD =
  'the gateway that runs here keeps the configuration it has; its next start would fail'
const MEND_IT = 'Correct it, or: openclaw gateway stop && openclaw recover'
