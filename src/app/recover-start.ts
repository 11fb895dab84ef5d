/** The proof at the end of `recover`: the real gateway starts on the state dir, answers its owner, and stops. */
import type { Io } from '../cli/types.ts'
import { load } from '../config/load.ts'
import { configHost } from '../host/config-host.ts'
import { approveAgain } from '../pairing/approve-again.ts'
import type { NoteEntry } from '../record/types.ts'
import { RECOVERER } from '../recover/notes.ts'
import { StoreProblem } from '../storage/store-problem.ts'
import { VERSION } from '../version.ts'
import { ownerWhoami } from './owner-whoami.ts'
import { stopGateway } from './running.ts'
import { StartProblem } from './start-problem.ts'
import { startGateway, type Started } from './start.ts'

export interface Trial {
  readonly stateDir: string
  readonly io: Io
  /** For the record. */
  readonly notes: readonly NoteEntry[]
  /** To approve as an administrator; `null` for none. */
  readonly device: string | null
  readonly clock: () => number
}

export type Tried =
  | {
      readonly kind: 'admin'
      /** The record has the notes. */
      readonly recorded: boolean
      readonly device: 'none' | 'approved' | 'unknown'
      /** What the gateway warned of. */
      readonly said: readonly string[]
    }
  | { readonly kind: 'failed'; readonly why: string }

/** The lock of the state dir is held. On this host only, at a free port, and Tailscale is not told. */
export async function startRecovered(trial: Trial): Promise<Tried> {
  const said: string[] = []
  const started = await startOrWhy(trial, (text) => said.push(text))
  if (typeof started === 'string') return { kind: 'failed', why: started }
  try {
    // A change whose time came just now was undone by this start: the record hears of it.
    started.trial.begin()
    started.trial.stop()
    const answer = await ownerWhoami(started.ownerSocket)
    if (answer.kind === 'nobody') return { kind: 'failed', why: 'nobody answers at its socket' }
    if (answer.kind === 'no-admin') return { kind: 'failed', why: answer.why }
    const device = trial.device === null ? 'none' : await approve(started, trial, trial.device)
    return { kind: 'admin', recorded: await record(started, trial), device, said: warnings(said) }
  } finally {
    await stopGateway(started, { reason: 'the trial of openclaw recover', restarts: false })
  }
}

async function startOrWhy(
  { stateDir, io }: Trial,
  write: (text: string) => void,
): Promise<Started | string> {
  try {
    return await startGateway({
      options: { port: 0, bind: 'loopback', tailscale: 'off', verbose: false },
      stateDir,
      io: { ...io, env: await anyBridgePort(io.env), stdout: write },
      version: VERSION,
      stop: () => {},
      restart: () => false,
    })
  } catch (error) {
    if (error instanceof StartProblem || error instanceof StoreProblem) return error.message
    throw error
  }
}

/** No flag stands for it: a port that is in use now says nothing of the state dir. */
async function anyBridgePort(env: Io['env']): Promise<Io['env']> {
  const loaded = await load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
  const bridged = loaded.kind === 'loaded' && loaded.config.gateway.bridgePort !== undefined
  return bridged ? { ...env, OPENCLAW_BRIDGE_PORT: '0' } : env
}

async function approve(
  { state }: Started,
  { clock }: Trial,
  deviceId: string,
): Promise<'approved' | 'unknown'> {
  const { kind } = await approveAgain(state.pairing, deviceId, RECOVERER)
  if (kind === 'approved')
    state.record.note({
      at: clock(),
      event: 'recover.device',
      by: RECOVERER,
      facts: { device: deviceId, role: 'operator', scopes: 'all' },
    })
  return kind
}

async function record({ state }: Started, { notes, clock }: Trial): Promise<boolean> {
  for (const note of notes) state.record.note(note)
  const facts = { repairs: notes.length, user: process.getuid?.() ?? null }
  state.record.note({ at: clock(), event: 'recover.done', by: RECOVERER, facts })
  await state.record.flush()
  return state.record.writable
}

/** `12:03:04 warn  message` */
function warnings(said: readonly string[]): readonly string[] {
  return said
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => /^\d\d:\d\d:\d\d (?:warn|error) +(.*)$/.exec(line)?.[1] ?? [])
}
