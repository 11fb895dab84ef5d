/** `.secrets.age` and `.secrets` of the state dir: variables that rank as those of `.env` (SPEC 8). */
import { join } from 'node:path'
import { Secret } from '../core/secret.ts'
import { identitiesIn, unseal } from './age.ts'
import { parseDotenv } from './dotenv.ts'
import { environment, type Environment, type VariableFile } from './environment.ts'
import { expand } from './expand.ts'
import type { Gathered } from './gather.ts'
import type { ConfigHost } from './host-port.ts'
import { valueAt, withValue, isTree, type Tree } from './key-path.ts'
import { resolvedPath } from './locate.ts'
import type { Problem } from './problem.ts'
import { configSchema } from './schema.ts'
import { settingAt } from './schema-walk.ts'

export interface SecretPaths {
  readonly sealed: string
  /** S2 writes it before it encrypts it. */
  readonly plain: string
}

export function secretPaths(stateDir: string): SecretPaths {
  return { sealed: join(stateDir, '.secrets.age'), plain: join(stateDir, '.secrets') }
}

export interface SecretFiles {
  /** What is encrypted wins over what is not. */
  readonly files: readonly VariableFile[]
  /** Why one of them does not count. */
  readonly problems: readonly Problem[]
  /** Every value in them, for scrubbing. */
  readonly values: readonly Secret[]
}

/** `tree`: the configuration as it stands in its file, which names the identity. */
export async function openSecretFiles(gathered: Gathered, tree: Tree): Promise<SecretFiles> {
  const { host } = gathered.request
  const { sealed, plain } = secretPaths(gathered.location.stateDir)
  const [bytes, text] = await Promise.all([host.readBytes(sealed), host.read(plain)])
  const identity = identityPath(gathered, tree)
  const opened =
    bytes.kind === 'bytes'
      ? await openSealed({ sealed, bytes: bytes.bytes, identity, host })
      : bytes
  const read = [variablesIn(sealed, opened), variablesIn(plain, text)]
  const files = read.flatMap(({ file }) => (file === null ? [] : [file]))
  return {
    files,
    problems: read.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    values: files.flatMap(({ entries }) =>
      [...entries.values()].map(({ value }) => new Secret(value)),
    ),
  }
}

/** All variables: those of the process, of the secret files, of `.env`, in this order. */
export function environmentOf(gathered: Gathered, files: readonly VariableFile[]): Environment {
  return environment(gathered.request.variables, [...files, gathered.dotenv])
}

/** Where the identity is, by the configuration or its default; a variable in it is one of the environment or `.env`. */
export function identityPath(gathered: Gathered, tree: Tree): string {
  const path = ['secrets', 'identity']
  const fallback = String(settingAt(configSchema, path)?.fallback)
  const written = withValue({}, path, valueAt(tree, path))
  const plain = environmentOf(gathered, [])
  const expanded = expand(isTree(written) ? written : {}, plain, (_, text) => text).tree
  const named = valueAt(expanded, path)
  const roots = { home: gathered.request.host.home, folder: gathered.location.folder }
  return resolvedPath(typeof named === 'string' ? named : fallback, roots)
}

type Opened =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly why: string; readonly fix: string }

interface ToOpen {
  readonly sealed: string
  readonly bytes: Buffer
  readonly identity: string
  readonly host: ConfigHost
}

export async function openSealed({ sealed, bytes, identity, host }: ToOpen): Promise<Opened> {
  const read = await host.read(identity)
  const elsewhere = `Put the identity there, or say where it is: openclaw config set secrets.identity <path>`
  if (read.kind === 'absent')
    return refused(`needs the identity ${identity}, which is not there`, elsewhere)
  if (read.kind === 'refused')
    return refused(`needs the identity ${identity}, which ${read.why}`, read.fix)
  const identities = identitiesIn(read.text)
  if (identities.kind === 'failed')
    return refused(`needs the identity ${identity}, which ${identities.why}`, elsewhere)
  const unsealed = await unseal(bytes, identities.lines)
  if (unsealed.kind === 'text') return unsealed
  const fix = `Name the identity that it was encrypted to (openclaw config set secrets.identity <path>), or put a copy of ${sealed} in its place`
  return refused(`cannot be opened with ${identity}: ${unsealed.why}`, fix)
}

function refused(why: string, fix: string): Opened {
  return { kind: 'refused', why, fix }
}

function variablesIn(
  file: string,
  opened: Opened,
): { readonly file: VariableFile | null; readonly problem: Problem | null } {
  if (opened.kind === 'absent') return { file: null, problem: null }
  if (opened.kind === 'refused') return { file: null, problem: notOpened(file, opened) }
  const parsed = parseDotenv(opened.text)
  if (parsed.kind === 'parsed')
    return { file: { from: 'secrets', file, entries: parsed.entries }, problem: null }
  const why = `line ${parsed.line} of what it holds is no variable`
  const fix = 'Accepted: lines of NAME=value, quotes closed, comments after #'
  return { file: null, problem: notOpened(file, { why, fix }) }
}

function notOpened(
  file: string,
  { why, fix }: { readonly why: string; readonly fix: string },
): Problem {
  const where = { source: file, line: null }
  return { code: 'secrets_unopened', key: null, where, message: why, fix }
}
