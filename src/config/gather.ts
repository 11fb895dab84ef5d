/** Reads what a configuration is made of: the file, `.env`, the environment. Nothing is judged yet. */
import { parseDotenv, type DotenvEntry } from './dotenv.ts'
import type { VariableFile } from './environment.ts'
import type { ConfigHost, FileRead, Variables } from './host-port.ts'
import { locate, type Location } from './locate.ts'
import type { Flags } from './overrides.ts'
import type { Problem } from './problem.ts'

export interface LoadRequest {
  readonly variables: Variables
  readonly flags: Flags
  readonly host: ConfigHost
  /**
   * `refuse`: a variable or secret that cannot be found is a problem. `omit`: it is a warning and the key
   * is left out, for commands that ask about other keys from a shell without the gateway's variables.
   */
  readonly missing: 'refuse' | 'omit'
}

export interface Gathered {
  readonly kind: 'gathered'
  readonly request: LoadRequest
  readonly location: Location
  readonly dotenv: VariableFile
  /** `null` when there is no file yet. */
  readonly text: string | null
  /** `ignore`: judge the file alone, since flags and variables would hide what is wrong in it. */
  readonly outside: 'apply' | 'ignore'
}
export interface Refused {
  readonly kind: 'refused'
  readonly problems: readonly Problem[]
}

export async function gather(request: LoadRequest): Promise<Gathered | Refused> {
  const { host, variables, flags } = request
  const located = locate({ variables, home: host.home, path: flags.config })
  if (located.kind === 'refused') return { kind: 'refused', problems: [located.problem] }
  const { location } = located
  const [file, dotenv] = await Promise.all([host.read(location.file), host.read(location.dotenv)])
  const entries = entriesOf(location.dotenv, dotenv)
  const problems = [
    ...refusedFile(location.file, file),
    ...(entries.kind === 'problem' ? [entries.problem] : []),
  ]
  if (problems.length > 0 || entries.kind === 'problem') return { kind: 'refused', problems }
  return {
    kind: 'gathered',
    request,
    location,
    dotenv: { from: 'dotenv', file: location.dotenv, entries: entries.entries },
    text: file.kind === 'text' ? file.text : null,
    outside: 'apply',
  }
}

function refusedFile(path: string, file: FileRead): readonly Problem[] {
  if (file.kind !== 'refused') return []
  const where = { source: path, line: null }
  return [{ code: 'unreadable', key: null, where, message: file.why, fix: file.fix }]
}

type Entries =
  | { readonly kind: 'entries'; readonly entries: ReadonlyMap<string, DotenvEntry> }
  | { readonly kind: 'problem'; readonly problem: Problem }

function entriesOf(path: string, file: FileRead): Entries {
  if (file.kind === 'absent') return { kind: 'entries', entries: new Map() }
  const [refused] = refusedFile(path, file)
  if (refused !== undefined || file.kind === 'refused') {
    return { kind: 'problem', problem: refused ?? syntax(path, null) }
  }
  const parsed = parseDotenv(file.text)
  if (parsed.kind === 'parsed') return { kind: 'entries', entries: parsed.entries }
  return { kind: 'problem', problem: syntax(path, parsed.line) }
}

function syntax(source: string, line: number | null): Problem {
  const fix = 'Accepted: lines of NAME=value, quotes closed, comments after #'
  return { code: 'syntax', key: null, where: { source, line }, message: 'is no variable', fix }
}
