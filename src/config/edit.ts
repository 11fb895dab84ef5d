/** Changes the configuration file: comments kept, atomic, one at a time, and never into something the schema refuses. */
import { applyChanges, withAliases, type Change } from './apply-changes.ts'
import { formatOf, parseDocument } from './document.ts'
import { forbiddenChange } from './forbidden-change.ts'
import { gather, type Gathered, type LoadRequest, type Refused } from './gather.ts'
import type { Tree } from './key-path.ts'
import { evaluate, type LoadResult } from './load.ts'
import type { Location } from './locate.ts'
import { needsRestart } from './needs-restart.ts'
import { MOST_BYTES } from '../host/permissions.ts'
import { backupOf, readPending, removePending, standing, waitsProblem } from './pending-change.ts'
import type { Problem } from './problem.ts'
import { startRules } from './start-rules.ts'

export interface Edited {
  readonly kind: 'edited'
  readonly location: Location
  /** False when the file already said so. */
  readonly changed: boolean
  /** The configuration as it now is, flags and environment included. */
  readonly now: LoadResult
  /** Whether the gateway would start with it, as far as it can be told from here. */
  readonly startable: boolean
  /** Why the gateway would not start. */
  readonly problems: readonly Problem[]
  /** What changed and a gateway that runs takes over only when it starts again. */
  readonly waiting: readonly string[]
}

/** What to change, given the file as it stands once nobody else can change it. */
export type Plan = (tree: Tree) => readonly Change[]

/** What the file would become. */
export interface Candidate {
  readonly location: Location
  /** The configuration as it is, and as it would be: flags and environment included. */
  readonly was: LoadResult
  readonly now: LoadResult
  /** The text of the file as it is, `null` when there is none, and as it would be. */
  readonly before: string | null
  readonly after: string
}

/** Asked under the lock, last before the file is written; a problem keeps it as it was. */
export type Consent = (candidate: Candidate) => Promise<readonly Problem[]>

const AGREED: Consent = async () => []

export async function editConfig(
  request: Omit<LoadRequest, 'missing'>,
  plan: Plan,
  consent: Consent = AGREED,
): Promise<Edited | Refused> {
  const load: LoadRequest = { ...request, missing: 'omit' }
  const { host } = load
  const before = await gather(load)
  if (before.kind === 'refused') return before
  const folder = await host.makeFolder(before.location.folder)
  if (folder.kind === 'failed') return unwritable(folder.why)
  const lock = await host.lock(`${before.location.file}.lock`)
  if (lock.kind === 'failed') return unwritable(lock.why)
  try {
    const current = await gather(load)
    if (current.kind === 'refused') return current
    const waits = await waitingChange(current)
    if (waits.kind === 'waits') return { kind: 'refused', problems: [waits.problem] }
    return await change(current, plan, waits.kind === 'over' ? endsTrial(host, consent) : consent)
  } finally {
    lock.release()
  }
}

type Waits =
  | { readonly kind: 'waits'; readonly problem: Problem }
  /** Somebody changed the file since: nothing would be undone. */
  | { readonly kind: 'over' }
  | { readonly kind: 'none' }

async function waitingChange({
  request: { host },
  location: { file },
  text,
}: Gathered): Promise<Waits> {
  const found = await readPending(host, file)
  if (found.kind !== 'pending') return { kind: 'none' }
  const now = standing(found.pending, text === null ? { kind: 'absent' } : { kind: 'text', text })
  return now === 'changed'
    ? { kind: 'waits', problem: waitsProblem(found.pending) }
    : { kind: 'over' }
}

/** The edit may make the very text that would have been undone: now it is meant to stay. */
function endsTrial(host: LoadRequest['host'], consent: Consent): Consent {
  return async (candidate) => {
    const removed = await removePending(host, candidate.location.file)
    return removed.kind === 'written' ? consent(candidate) : unwritable(removed.why).problems
  }
}

async function change(gathered: Gathered, plan: Plan, consent: Consent): Promise<Edited | Refused> {
  const { location } = gathered
  const text = gathered.text ?? '{}\n'
  const format = formatOf(location.file, text)
  const parsed = await parseDocument(format, text)
  if (parsed.kind === 'malformed') return refusedBy(await evaluate(gathered))
  const changes = plan(parsed.tree).flatMap((wanted) => withAliases(parsed.tree, wanted))
  const forbidden = changes.flatMap(forbiddenChange)
  if (forbidden.length > 0) return { kind: 'refused', problems: forbidden }

  const edited = await applyChanges({ text, format, tree: parsed.tree }, changes)
  if (edited.kind === 'refused') return edited
  if (Buffer.byteLength(edited.text) > MOST_BYTES)
    return unwritable(`${location.file} would be larger than 4 MiB, which nobody reads`)
  const candidate: Gathered = { ...gathered, text: edited.text }
  const added = await newProblems(gathered, candidate)
  if (added.length > 0) return { kind: 'refused', problems: added }
  const [was, now] = [await evaluate(gathered), await evaluate(candidate)]
  if (edited.text !== gathered.text) {
    const wouldBe = { location, was, now, before: gathered.text, after: edited.text }
    const problems = await consent(wouldBe)
    if (problems.length > 0) return { kind: 'refused', problems }
    const failed = await save(gathered, edited.text)
    if (failed !== null) return unwritable(failed)
  }
  const bothLoad = was.kind === 'loaded' && now.kind === 'loaded'
  return {
    kind: 'edited',
    location,
    changed: edited.text !== gathered.text,
    now,
    ...verdictOn(now),
    waiting: bothLoad ? needsRestart(was.config, now.config) : [],
  }
}

/** What was wrong before may stay: otherwise two mistakes could not be mended one by one. */
async function newProblems(before: Gathered, candidate: Gathered): Promise<readonly Problem[]> {
  const after = await evaluate({ ...candidate, outside: 'ignore' })
  if (after.kind === 'loaded') return []
  const old = await evaluate({ ...before, outside: 'ignore' })
  const known = new Set(old.kind === 'refused' ? old.problems.map(identity) : [])
  return after.problems.filter((problem) => !known.has(identity(problem)))
}

function identity({ code, key, message }: Problem): string {
  return JSON.stringify([code, key, message])
}

/** The backup first: whatever fails, the old text is in one of the two. Answers what went wrong. */
async function save(
  { request: { host }, location, text: old }: Gathered,
  text: string,
): Promise<string | null> {
  const backup = old === null ? null : await host.write(backupOf(location.file), old)
  if (backup?.kind === 'failed') return backup.why
  const written = await host.write(location.file, text)
  return written.kind === 'failed' ? written.why : null
}

function verdictOn(now: LoadResult): Pick<Edited, 'startable' | 'problems'> {
  const problems = now.kind === 'refused' ? now.problems : startRules(now.config).problems
  return { startable: problems.length === 0, problems }
}

function refusedBy(result: LoadResult): Refused {
  return result.kind === 'refused' ? result : { kind: 'refused', problems: [] }
}

function unwritable(why: string): Refused {
  return {
    kind: 'refused',
    problems: [
      {
        code: 'unreadable',
        key: null,
        where: null,
        message: why,
        fix: 'The configuration is as it was',
      },
    ],
  }
}
