/** Changes the configuration file as `recover` must: also where the ordinary editing refuses, with the original kept. */
import { applyChanges, type Change } from '../config/apply-changes.ts'
import { formatOf, parseDocument } from '../config/document.ts'
import { isTree, keyText, withoutValue, withValue, type Tree } from '../config/key-path.ts'
import { locate, type Location } from '../config/locate.ts'
import type { Place } from './types.ts'

export function configLocation({ request }: Place): Location | null {
  const { variables, host, flags } = request
  const found = locate({ variables, home: host.home, path: flags.config })
  return found.kind === 'located' ? found.location : null
}

/** The same place, once this is the text of `file`. */
export function placeWithText(place: Place, file: string, text: string): Place {
  const { request } = place
  const read: typeof request.host.read = async (path) =>
    path === file ? { kind: 'text', text } : request.host.read(path)
  return { ...place, request: { ...request, host: { ...request.host, read } } }
}

/** The file as it stands; `{}` where there is none. `null` when it cannot be read as one. */
export async function configTree(place: Place): Promise<Tree | null> {
  const location = configLocation(place)
  const file = location === null ? null : await place.request.host.read(location.file)
  if (location === null || file === null || file.kind === 'refused') return null
  const text = file.kind === 'text' ? file.text : '{}'
  const parsed = await parseDocument(formatOf(location.file, text), text)
  return parsed.kind === 'parsed' ? parsed.tree : null
}

/** Rejects when it cannot be written. The original goes to `recovered/` first. */
export async function changeConfig(
  place: Place,
  plan: (tree: Tree) => readonly Change[],
): Promise<void> {
  const { host } = place.request
  const location = configLocation(place)
  if (location === null) throw new Error('there are two configuration files')
  await done(host.makeFolder(location.folder))
  const lock = await host.lock(`${location.file}.lock`)
  if (lock.kind === 'failed') throw new Error(lock.why)
  try {
    const file = await host.read(location.file)
    if (file.kind === 'refused') throw new Error(`${location.file} ${file.why}`)
    const text = file.kind === 'text' ? file.text : '{}\n'
    const next = await changedText(location.file, text, plan)
    await place.aside.copy(location.file)
    await done(host.write(location.file, next))
  } finally {
    lock.release()
  }
}

/** Rejects when `text` cannot be read. */
export async function changedText(
  file: string,
  text: string,
  plan: (tree: Tree) => readonly Change[],
): Promise<string> {
  const format = formatOf(file, text)
  const parsed = await parseDocument(format, text)
  if (parsed.kind === 'malformed') throw new Error(`${file} ${parsed.message}`)
  const changes = inOrder(plan(parsed.tree))
  const edited = await applyChanges({ text, format, tree: parsed.tree }, changes)
  // Where a key stands twice no edit can be sure of itself: then the comments go, and the original is kept.
  return edited.kind === 'applied' ? edited.text : written(parsed.tree, changes)
}

/** What is removed comes first, the last of a list before the others. */
function inOrder(changes: readonly Change[]): readonly Change[] {
  const unique = new Map(
    changes.map((change) => [`${change.kind} ${keyText(change.path)}`, change]),
  )
  const all = [...unique.values()]
  const removals = all.filter(({ kind }) => kind === 'unset')
  const positions = (change: Change): string => change.path.map(paddedStep).join('\n')
  return [
    ...removals.sort((a, b) => (positions(a) < positions(b) ? 1 : -1)),
    ...all.filter(({ kind }) => kind === 'set'),
  ]
}

function paddedStep(step: string): string {
  return /^\d+$/.test(step) ? step.padStart(9, '0') : step
}

/** JSON, which YAML is, too. */
function written(tree: Tree, changes: readonly Change[]): string {
  const next = changes.reduce<unknown>(
    (at, change) =>
      change.kind === 'set'
        ? (withValue(at, change.path, change.value) ?? at)
        : withoutValue(at, change.path),
    tree,
  )
  if (!isTree(next)) throw new Error('the configuration cannot be changed')
  return `${JSON.stringify(next, null, 2)}\n`
}

async function done(
  result: Promise<{ readonly kind: 'written' } | { readonly kind: 'failed'; readonly why: string }>,
): Promise<void> {
  const outcome = await result
  if (outcome.kind === 'failed') throw new Error(outcome.why)
}
