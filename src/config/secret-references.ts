/** Fetches the secrets that the file only refers to: `{ source: "env" | "file" | "exec", id }`. */
import { unreachable } from '../core/never.ts'
import type { Environment } from './environment.ts'
import { secretReference, type SecretReference } from './fields.ts'
import type { ConfigHost, Variables } from './host-port.ts'
import { isTree, withoutValue, withValue, type KeyPath } from './key-path.ts'
import { resolvedPath } from './locate.ts'
import { calledVariable, isShownPath } from './named-place.ts'
import { configSchema } from './schema.ts'
import { settingAt } from './schema-walk.ts'

export interface ReferenceSources {
  readonly host: ConfigHost
  readonly environment: Environment
  /** What programs are started with: the process's own variables, nothing of `.env`. */
  readonly variables: Variables
  readonly folder: string
}

export interface Resolved {
  readonly tree: unknown
  readonly unresolved: readonly { readonly path: KeyPath; readonly why: string }[]
  /** From where each was fetched, for `explain`. */
  readonly fetched: readonly { readonly path: KeyPath; readonly from: string }[]
}

/** All at once; those that fail are left out of the tree. */
export async function resolveReferences(
  tree: unknown,
  sources: ReferenceSources,
): Promise<Resolved> {
  const references = findReferences(tree, [])
  const answers = await Promise.all(
    references.map(async (found) => ({ ...found, answer: await fetch(found.reference, sources) })),
  )
  const next = answers.reduce<unknown>((at, { path, answer }) => {
    return answer.kind === 'secret' ? withValue(at, path, answer.text) : withoutValue(at, path)
  }, tree)
  return {
    tree: next,
    unresolved: answers.flatMap(({ path, answer }) =>
      answer.kind === 'failed' ? [{ path, why: answer.why }] : [],
    ),
    fetched: answers.map(({ path, reference }) => ({
      path,
      from: `${reference.source} ${reference.id}`,
    })),
  }
}

interface Found {
  readonly path: KeyPath
  readonly reference: SecretReference
}

/** Only where the schema expects a secret; a malformed reference stays, and the schema refuses it. */
function findReferences(value: unknown, path: KeyPath): readonly Found[] {
  if (settingAt(configSchema, path)?.kind === 'secret') {
    const parsed = secretReference.safeParse(value)
    return parsed.success ? [{ path, reference: parsed.data }] : []
  }
  if (!isTree(value)) return []
  return Object.entries(value).flatMap(([name, entry]) => findReferences(entry, [...path, name]))
}

type Answer =
  | { readonly kind: 'secret'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string }

async function fetch({ source, id }: SecretReference, sources: ReferenceSources): Promise<Answer> {
  switch (source) {
    case 'env': {
      const value = sources.environment.find(id)?.value ?? ''
      return value === ''
        ? { kind: 'failed', why: `${calledVariable(id)} is unset or empty` }
        : { kind: 'secret', text: value }
    }
    case 'file':
      return fetchFile(id, sources)
    case 'exec': {
      const command = commandOf(id, sources)
      const ran = await sources.host.run(command, sources.variables)
      return ran.kind === 'output'
        ? withoutNewline(ran.text, id)
        : unshownProgram(ran, { id, program: command[0] ?? '' })
    }
    default:
      return unreachable(source)
  }
}

/** A program that is a path is found from the configuration's folder, never from where somebody happens to stand. */
function commandOf(id: string, { host, folder }: ReferenceSources): readonly string[] {
  const [program = '', ...args] = id.split(/\s+/)
  const isPath = program.includes('/')
  return [isPath ? resolvedPath(program, { home: host.home, folder }) : program, ...args]
}

type Failed = Extract<Answer, { kind: 'failed' }>

/** `program`: as it was run. */
function unshownProgram(
  { why }: Failed,
  { id, program }: { readonly id: string; readonly program: string },
): Failed {
  const [written = ''] = id.split(/\s+/)
  const shown = isShownPath(written)
  return {
    kind: 'failed',
    why: shown ? why : why.replace(`program ${program} `, 'the program it names: '),
  }
}

async function fetchFile(id: string, { host, folder }: ReferenceSources): Promise<Answer> {
  const path = resolvedPath(id, { home: host.home, folder })
  const file = await host.read(path)
  if (file.kind === 'text') return withoutNewline(file.text, path)
  if (file.kind !== 'absent') return { kind: 'failed', why: `file ${path} ${file.why}` }
  const called = isShownPath(id) ? `file ${path}` : 'the file it names:'
  return { kind: 'failed', why: `${called} not found` }
}

function withoutNewline(raw: string, from: string): Answer {
  const text = raw.replace(/\r?\n$/, '')
  return text.trim() === ''
    ? { kind: 'failed', why: `${from} gave nothing` }
    : { kind: 'secret', text }
}
