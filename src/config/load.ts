/** Loads the configuration: from the file, `.env`, environment and flags to one frozen value, or to what is wrong. */
import { canonical, type Canonical } from './aliases.ts'
import { formatOf, parseDocument } from './document.ts'
import { expand, type Expanded } from './expand.ts'
import type { Secret } from '../core/secret.ts'
import { gather, type Gathered, type LoadRequest, type Refused } from './gather.ts'
import { isTree, keyText, valueAt, type KeyPath } from './key-path.ts'
import {
  conflictProblems,
  forbiddenKeys,
  missingProblems,
  syntaxProblem,
  unresolvedProblem,
  type Readable,
} from './load-problems.ts'
import type { Location } from './locate.ts'
import { overlay, type Overlaid } from './overrides.ts'
import { readLogins, withLogins, type Login } from './logins.ts'
import type { Problem, ProblemCode, Where } from './problem.ts'
import { settlePaths } from './settle.ts'
import { configSchema, type Config } from './schema.ts'
import { settingAt } from './schema-walk.ts'
import { environmentOf, openSecretFiles } from './secret-files.ts'
import { resolveReferences } from './secret-references.ts'
import { offersOf, type Offer } from './sources.ts'
import { validate, type Origins } from './validate.ts'

export interface Loaded {
  readonly kind: 'loaded'
  readonly config: Config
  readonly location: Location
  /** The file as it stands; `null` when there is none. */
  readonly text: string | null
  readonly warnings: readonly Problem[]
  /** Who named a value for this key, the winner first. */
  readonly offers: (path: KeyPath) => readonly Offer[]
  /** What the secret files and `openclaw login` keep, in force or not. */
  readonly kept: readonly Secret[]
}
export type LoadResult = Loaded | Refused

export async function load(request: LoadRequest): Promise<LoadResult> {
  const gathered = await gather(request)
  return gathered.kind === 'refused' ? gathered : evaluate(gathered)
}

/** What `gathered` amounts to; `config set` asks it about a text that is not in the file yet. */
export async function evaluate(gathered: Gathered): Promise<LoadResult> {
  const { location, text } = gathered
  const parsed = await parseDocument(formatOf(location.file, text ?? '{}'), text ?? '{}')
  if (parsed.kind === 'malformed') return refuse([syntaxProblem(location, parsed)])
  const forbidden = forbiddenKeys(location, parsed)
  return forbidden.length > 0 ? refuse(forbidden) : resolve(gathered, parsed)
}

async function resolve(gathered: Gathered, parsed: Readable): Promise<LoadResult> {
  const { location, request } = gathered
  const { host, variables } = request
  const [secrets, logins] = await Promise.all([
    openSecretFiles(gathered, parsed.tree),
    readLogins(location.stateDir, host),
  ])
  const environment = environmentOf(gathered, secrets.files)
  const expanded = expand(parsed.tree, environment, typedText)
  const plain = canonical(expanded.tree)
  const overlaid: Overlaid =
    gathered.outside === 'ignore'
      ? { tree: plain.tree, offers: new Map() }
      : overlay(plain.tree, { flags: request.flags, environment }, typedText)
  const stage: Stage = { location, parsed, expanded, plain, overlaid, logins: logins.keys }
  const unset = [
    ...secrets.problems,
    ...logins.problems,
    ...conflictProblems(stage),
    ...missingProblems(stage),
  ]
  const tolerated = request.missing === 'omit'
  if (unset.some(({ code }) => !tolerated || !TOLERABLE.has(code))) {
    const also = validate(overlaid.tree, originsOf(stage))
    return refuse([
      ...unset,
      ...(also.kind === 'invalid'
        ? also.problems.filter((problem) => !absent(problem, unset))
        : []),
    ])
  }
  const resolved = await resolveReferences(withLogins(overlaid.tree, logins.keys), {
    host,
    environment,
    variables,
    folder: location.folder,
  })
  const unresolved = resolved.unresolved.map(({ path, why }) =>
    unresolvedProblem(whereIs(stage, path), path, why),
  )
  const valid = validate(resolved.tree, originsOf(stage))
  const problems = [
    ...(tolerated ? [] : unresolved),
    ...(valid.kind === 'invalid' ? valid.problems : []),
  ]
  if (valid.kind === 'invalid' || problems.length > 0) return refuse(problems)
  const config = settlePaths(valid.value, { home: host.home, folder: location.folder })
  const warnings = [...unset, ...unresolved, ...shadowed(stage)]
  const offers = (path: KeyPath): readonly Offer[] => offersFor(stage, path)
  const kept = [...secrets.values, ...logins.keys.map(({ key }) => key)]
  return { kind: 'loaded', config, location, text: gathered.text, warnings, offers, kept }
}

/** What a command that asks about something else can do without. */
const TOLERABLE: ReadonlySet<ProblemCode> = new Set([
  'missing_variable',
  'secrets_unopened',
  'login_unreadable',
])

interface Stage {
  readonly location: Location
  readonly parsed: Readable
  readonly expanded: Expanded
  readonly plain: Canonical
  readonly overlaid: Overlaid
  readonly logins: readonly Login[]
}

function refuse(problems: readonly Problem[]): Refused {
  return { kind: 'refused', problems }
}

/** Reference values are only unresolved, not wrong, while a variable is missing. */
function absent(problem: Problem, unset: readonly Problem[]): boolean {
  return (
    problem.message.includes('reference was not resolved') ||
    unset.some(({ key }) => key === problem.key)
  )
}

function originsOf(stage: Stage): Origins {
  const variables = [...stage.expanded.used.values()].flat()
  return { whereIs: (path) => whereIs(stage, path), variables }
}

function whereIs(stage: Stage, path: KeyPath): Where | null {
  const [outside] = stage.overlaid.offers.get(keyText(path)) ?? []
  if (outside !== undefined) return { source: outside.source, line: null }
  const written = stage.plain.writtenAs.get(keyText(path)) ?? path
  return { source: stage.location.file, line: stage.parsed.lineOf(written) }
}

function offersFor(stage: Stage, path: KeyPath): readonly Offer[] {
  const written = stage.plain.writtenAs.get(keyText(path)) ?? path
  const used = stage.expanded.used.get(keyText(written)) ?? []
  const line = stage.parsed.lineOf(written)
  const value = valueAt(stage.plain.tree, path)
  const login = stage.logins.find((one) => keyText(one.path) === keyText(path))
  const via = used.length === 0 ? '' : ` (from ${used.map(({ source }) => source).join(', ')})`
  return offersOf({
    outside: stage.overlaid.offers.get(keyText(path)) ?? [],
    config: {
      source: `${stage.location.file}${line === null ? '' : `:${line}`}${via}`,
      value,
      ...((used.length > 0 || isTree(value)) && { elsewhere: true }),
    },
    login: login === undefined ? null : { source: login.file, value: login.key.reveal() },
    fallback: settingAt(configSchema, path)?.fallback,
  })
}

/** Numbers and flags arrive as text from variables and flags. */
function typedText(path: KeyPath, text: string): unknown {
  const kind = settingAt(configSchema, path)?.kind
  if (kind === 'number' && /^\s*\d{1,15}\s*$/.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

const SHADOWED: readonly KeyPath[] = [
  ['gateway', 'auth', 'token'],
  ['gateway', 'auth', 'password'],
]

/** The field's first support question: a new token in the file does nothing while the old one is in the environment. */
function shadowed(stage: Stage): readonly Problem[] {
  return SHADOWED.flatMap((path) => {
    const [winner, ...losers] = offersFor(stage, path)
    const loser = losers.find(({ value }) => value !== winner?.value)
    if (winner === undefined || loser === undefined || winner.from === 'flag') return []
    const message = `${winner.source} wins over a different value in ${loser.source}`
    const fix = `Unset the variable if the other is meant; openclaw config explain ${keyText(path)} shows both`
    return [
      { code: 'env_token_shadows_config' as const, key: keyText(path), where: null, message, fix },
    ]
  })
}
