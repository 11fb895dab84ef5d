/** `openclaw recover`: who may, whether a gateway runs, the steps, and the trial at the end (decision 010). */
import { randomBytes } from 'node:crypto'
import { lstatSync, statSync, type Stats } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { RecoverEnd, RecoverOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import type { ConfigHost } from '../config/host-port.ts'
import { modeInForce } from '../config/derived.ts'
import { load } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { stateDirOf } from '../config/locate.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { becomeOwner, giveBack } from '../host/become-owner.ts'
import { configHost } from '../host/config-host.ts'
import { acquireGatewayLock, readGatewayInfo } from '../host/gateway-lock.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import { Aside, ASIDE_FOLDER, stampOf } from '../recover/aside.ts'
import { BEFORE_THE_LOCK, TO_EXAMINE, UNDER_THE_LOCK, WHILE_IT_RUNS } from '../recover/index.ts'
import { foundPlaces } from '../recover/known-places.ts'
import { keepNote, keptNotes, notesAreRecorded, RECOVERER } from '../recover/notes.ts'
import { runSteps, type Run, type Tally } from '../recover/run-steps.ts'
import { StoreLook } from '../recover/store-copy.ts'
import type { Place, Told } from '../recover/types.ts'
import { openApiKeysFile } from '../storage/api-keys-file.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { keysLikeSecrets } from './key-classes.ts'
import { ownerWhoami } from './owner-whoami.ts'
import { trialStart, type Tried } from './trial-start.ts'

type Tell = (told: Told) => void

export async function recoverState(
  options: RecoverOptions,
  io: Io,
  tell: Tell,
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

interface Asked {
  readonly options: RecoverOptions
  readonly io: Io
  readonly tell: Tell
}

/** Only the owner of the state dir, and root, who becomes the owner. In words why not; `null` when all is well. */
async function takeOwnership(stateDir: string, asked: Asked): Promise<string | null> {
  const uid = process.getuid?.() ?? null
  const entry = statsOf(stateDir, lstatSync)
  const owner = statsOf(stateDir, statSync) ?? entry
  // Nothing is there, or nothing can be: the first step says which.
  if (uid === null || entry === null || owner === null) return null
  // Somebody's link to root's folder must not make root tidy up there.
  if (entry.uid !== owner.uid && entry.uid !== 0)
    return `${stateDir} is a link of uid ${entry.uid} to what belongs to uid ${owner.uid}: name the folder itself`
  if (owner.uid === uid) return null
  if (uid !== 0)
    return `${stateDir} belongs to uid ${owner.uid}, and this is uid ${uid}: only its owner, or root, may recover it`
  const { options, io, tell } = asked
  const place = placeFor(stateDir, io, systemClock())
  const known = (await foundPlaces(place)).map(({ path }) => path)
  const paths = [...known, join(stateDir, ASIDE_FOLDER)]
  const given = options.dryRun ? [] : giveBack(paths, { stateDir, owner })
  becomeOwner(owner)
  if (given.length === 0) return null
  const what = `${given.map((path) => basename(path)).join(', ')} belonged to root`
  const remedy = `given back to uid ${owner.uid}`
  const note = { at: systemClock(), event: 'recover.owners', by: RECOVERER }
  await keepNote(stateDir, { ...note, facts: { what, remedy, user: uid } }).catch(() => {})
  tell({ kind: 'repaired', step: 'owners', what, remedy, aside: [], next: null })
  return null
}

/** `null`: none runs. */
async function whileItRuns(
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

/** In a folder that others may write, somebody else could answer. */
function isOurs(path: string, uid: number): boolean {
  return statsOf(path, lstatSync)?.uid === uid
}

/** `null` where nothing can be seen. */
function statsOf(path: string, look: (path: string) => Stats): Stats | null {
  try {
    return look(path)
  } catch {
    return null
  }
}

function placeFor(stateDir: string, io: Io, now: number): Place {
  const keyRules = apiKeyRules(new Fingerprints(randomBytes(32)))
  return {
    stateDir,
    request: { variables: io.env, flags: {}, host: rememberingHost(io.env), missing: 'refuse' },
    uid: process.getuid?.() ?? null,
    aside: new Aside(stateDir, now),
    clock: systemClock,
    keyRules,
    async sharedWithKeys(config) {
      const path = config.security.apiKeys.file
      const opened = await openApiKeysFile({ path, strict: false, ...keyRules })
      return opened.kind === 'opened' ? keysLikeSecrets(config, opened.keys) : []
    },
    made: new Set(),
    store: new StoreLook(stateDir),
  }
}

/** The configuration is read many times, and a program that hands out a secret may ask a person each time. */
function rememberingHost(env: Io['env']): ConfigHost {
  const host = configHost(env)
  const answers = new Map<string, ReturnType<ConfigHost['run']>>()
  return {
    ...host,
    run(command, variables) {
      const key = JSON.stringify(command)
      const answer = answers.get(key) ?? host.run(command, variables)
      answers.set(key, answer)
      return answer
    },
  }
}

interface Proof {
  readonly run: Run
  readonly io: Io
  readonly options: RecoverOptions
  readonly tally: Tally
  readonly stamp: string
}

async function prove(proof: Proof): Promise<RecoverEnd> {
  const { run, tally, options } = proof
  const tried = await tryAndRecord(proof)
  if (tried.kind === 'failed')
    return { kind: 'not-admin', why: `the gateway does not start: ${tried.why}` }
  for (const what of tried.said) run.tell({ kind: 'hint', step: 'trial', what, next: null })
  if (tried.device === 'unknown')
    return {
      kind: 'not-admin',
      why: `device ${options.device ?? ''} is not known here. Let it ask first: start the gateway, connect the device, then approve it`,
    }
  const refused = await refusesToStart(run.place)
  if (refused !== null) return { kind: 'not-admin', why: refused }
  const made = [...run.place.made]
  const secret = await secretAsked(run.place, made, options)
  return { kind: 'admin', proof: 'trial', made, ...secret, left: tally.left, found: 0 }
}

/** The trial listened on this host alone: whether a start may listen where the configuration says is asked here. */
async function refusesToStart({ request, sharedWithKeys }: Place): Promise<string | null> {
  const loaded = await load(request)
  const problems =
    loaded.kind === 'refused'
      ? loaded.problems
      : startRules(loaded.config, await sharedWithKeys(loaded.config)).problems
  if (problems.length === 0) return null
  return `the state dir is in order, but the gateway does not start yet: ${problems.map(problemText).join('; ')}`
}

/** A record that cannot be written does not stop it: it makes way for a new one, and where not even that helps, the notes wait. */
async function tryAndRecord(proof: Proof): Promise<Tried> {
  const first = await once(proof)
  if (first.kind === 'failed' || first.recorded) return first
  const { place, tell } = proof.run
  const what = 'the record cannot be written'
  const next = 'Keep what was moved aside: it is part of the record'
  try {
    await place.aside.move(`${place.stateDir}/records`)
    const aside = place.aside.take()
    tell({ kind: 'repaired', step: 'record', what, remedy: 'moved aside', aside, next })
  } catch (error) {
    tell({ kind: 'left', step: 'record', what: `${what}: ${messageOf(error)}`, next: WAITING })
    return first
  }
  const second = await once(proof)
  if (second.kind === 'admin' && !second.recorded)
    tell({ kind: 'left', step: 'record', what, next: WAITING })
  return second
}

const WAITING =
  'What was done stands in recovered/unrecorded.jsonl; the next `openclaw recover` puts it on the record'

async function once({ run, io, options, stamp }: Proof): Promise<Tried> {
  const { stateDir, clock } = run.place
  const notes = await keptNotes(stateDir)
  const tried = await trialStart({ stateDir, io, notes, device: options.device, clock })
  if (tried.kind === 'admin' && tried.recorded && notes.length > 0)
    await notesAreRecorded(stateDir, stamp)
  return tried
}

type SecretAsked = Pick<Extract<RecoverEnd, { kind: 'admin' }>, 'secret' | 'credential'>

async function secretAsked(
  { request }: Place,
  made: readonly string[],
  { reveal }: RecoverOptions,
): Promise<SecretAsked> {
  const loaded = await load(request)
  if (loaded.kind === 'refused') return { secret: null, credential: null }
  const { config } = loaded
  const wanted = made.includes('gateway.auth.password') || modeInForce(config).value === 'password'
  const credential = wanted ? 'password' : 'token'
  const secret = config.gateway.auth[credential]
  if (secret === undefined) return { secret: null, credential: null }
  return { secret: reveal ? secret : null, credential }
}
