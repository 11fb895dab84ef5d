/** The end of `openclaw recover`: a trial start shows that administration is back, and puts on the record what was done. */
import type { RecoverEnd, RecoverOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { load } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { messageOf } from '../core/errors.ts'
import { keptNotes, notesAreRecorded } from '../recover/notes.ts'
import type { Run, Tally } from '../recover/run-steps.ts'
import type { Place } from '../recover/types.ts'
import { secretAsked } from './recover-secret.ts'
import { startRecovered, type Tried } from './recover-start.ts'

interface Proof {
  readonly run: Run
  readonly io: Io
  readonly options: RecoverOptions
  readonly tally: Tally
  readonly stamp: string
}

export async function prove(proof: Proof): Promise<RecoverEnd> {
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
  const tried = await startRecovered({ stateDir, io, notes, device: options.device, clock })
  if (tried.kind === 'admin' && tried.recorded && notes.length > 0)
    await notesAreRecorded(stateDir, stamp)
  return tried
}
