/** The settings: whatever stops a start is moved aside, the rest of the file stays (R65). */
import type { Change } from '../config/apply-changes.ts'
import { parseDotenv } from '../config/dotenv.ts'
import { load, type LoadResult } from '../config/load.ts'
import { keyText, parseKeyPath, type Tree } from '../config/key-path.ts'
import { problemText, type Problem } from '../config/problem.ts'
import { startRules } from '../config/start-rules.ts'
import { newToken } from '../core/ids.ts'
import { shortName } from './known-places.ts'
import { UNTIL_ALLOWED } from './narrow.ts'
import { planFor, planWithoutDotenv } from './plan-config.ts'
import { isOfSecretFile, secretSource, secretToRemove } from './secret-files.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig, changedText, configLocation, configTree } from './write-config.ts'

export const configKeys: Step = { name: 'config', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const tree = await configTree(place)
  if (tree === null) return []
  const loaded = await load(place.request)
  const problems = await problemsOf(place, loaded)
  const inFile = problems.filter((problem) => sourceOf(problem, loaded).kind === 'file')
  const secret = newToken()
  // All in one write: a file that is half repaired is a third version that nobody wrote.
  const all = new Batch(place, inFile, secret)
  return problems.map((problem) => faultOf(problem, { place, loaded, tree, secret, all }))
}

async function problemsOf(place: Place, loaded: LoadResult): Promise<readonly Problem[]> {
  if (loaded.kind === 'refused') {
    // While a variable is missing its place in a list is too, and the places of those behind it are others.
    const missing = loaded.problems.filter(({ code }) => code === 'missing_variable')
    return missing.length > 0 ? missing : loaded.problems.filter((one) => !isOfSecretFile(one))
  }
  return startRules(loaded.config, await place.sharedWithKeys(loaded.config)).problems
}

/** As it will read once what this step can mend now is mended; `null` when that is nothing. */
export async function mendedText(place: Place): Promise<string | null> {
  const location = configLocation(place)
  const file = location === null ? null : await place.request.host.read(location.file)
  if (location === null || file?.kind !== 'text') return null
  const tree = await configTree(place)
  if (tree === null) return null
  const loaded = await load(place.request)
  const secret = newToken()
  const changes = (await problemsOf(place, loaded))
    .filter((problem) => sourceOf(problem, loaded).kind === 'file')
    .flatMap((problem) => planFor(problem, tree, secret)?.changes ?? [])
  return changes.length === 0 ? null : changedText(location.file, file.text, () => changes)
}

interface Scene {
  readonly place: Place
  readonly loaded: LoadResult
  readonly tree: Tree
  readonly secret: string
  readonly all: Batch
}

function faultOf(problem: Problem, { place, loaded, tree, secret, all }: Scene): Fault {
  const what = whatIs(place, problem)
  const source = sourceOf(problem, loaded)
  if (source.kind === 'outside')
    return {
      kind: 'elsewhere',
      what,
      next: `${source.name} says so: change it there. ${problem.fix}`,
    }
  if (source.kind === 'dotenv') return lineOfDotenv(place, what, source.line)
  if (source.kind === 'secrets') return secretToRemove(place, what, source)
  const plan = planFor(problem, tree, secret)
  if (plan === null) return { kind: 'elsewhere', what, next: problem.fix }
  const { remedy, would, confined = false } = plan
  const opened = confined ? openedByEnvironment(place) : null
  const next = [plan.next, opened].filter((one) => one !== null).join('. ')
  const repair = () => all.repair()
  const words = { what, remedy, ...(would === undefined ? {} : { would }) }
  return { kind: 'repairable', ...words, next: next === '' ? null : next, repair }
}

/** What stands in the environment wins over the file. */
function openedByEnvironment({ request }: Place): string | null {
  const bind = request.variables['OPENCLAW_GATEWAY_BIND'] ?? ''
  return bind === '' || bind === 'loopback'
    ? null
    : `OPENCLAW_GATEWAY_BIND is "${bind}", and opens it nevertheless: unset it until then`
}

/** Without the fix, which is for whoever mends it by hand. */
function whatIs(place: Place, problem: Problem): string {
  const where =
    problem.where === null
      ? null
      : { ...problem.where, source: shortName(place, problem.where.source) }
  return problemText({ ...problem, where, fix: '' }).replace(/\.\s*$/, '')
}

type Source =
  | { readonly kind: 'file' }
  | { readonly kind: 'dotenv'; readonly line: number }
  | { readonly kind: 'secrets'; readonly file: string; readonly name: string }
  | { readonly kind: 'outside'; readonly name: string }

/** Who names the value that is wrong. */
function sourceOf({ where, key, code }: Problem, loaded: LoadResult): Source {
  const path = parseKeyPath(key ?? '')
  const asked = loaded.kind === 'loaded' && path !== null && code !== 'mode_needed'
  const [offer] = asked ? loaded.offers(path) : []
  const name =
    where === null ? (offer?.from === 'config' ? '' : (offer?.source ?? '')) : where.source
  const [, line] = /\.env:(\d+) /.exec(name) ?? []
  if (line !== undefined) return { kind: 'dotenv', line: Number(line) }
  const secret = secretSource(name)
  if (secret !== null) return { kind: 'secrets', ...secret }
  return name.startsWith('environment variable ') || name.startsWith('--')
    ? { kind: 'outside', name }
    : { kind: 'file' }
}

function lineOfDotenv(place: Place, what: string, line: number): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'that line of .env is moved aside, and the gateway kept to this host',
    next: `Set it again; then open the gateway with \`openclaw config set gateway.bind …\`. ${UNTIL_ALLOWED}`,
    async repair() {
      const location = configLocation(place)
      const read = location === null ? null : await place.request.host.read(location.dotenv)
      if (location === null || read?.kind !== 'text') throw new Error('.env cannot be read')
      const lines = read.text.split(/\r?\n/)
      const rest = lines.filter((_, at) => at !== line - 1).join('\n')
      if (parseDotenv(rest).kind === 'malformed') throw new Error('.env cannot be read')
      await place.aside.copy(location.dotenv)
      // Before the line goes: the file must not come to count again in between.
      await changeConfig(place, (tree) => planWithoutDotenv(tree, newToken()))
      place.made.add('gateway.auth.token')
      const written = await place.request.host.write(location.dotenv, rest)
      if (written.kind === 'failed') throw new Error(written.why)
      return null
    },
  }
}

class Batch {
  readonly #place: Place
  readonly #problems: readonly Problem[]
  readonly #secret: string
  #written: Promise<void> | null = null

  constructor(place: Place, problems: readonly Problem[], secret: string) {
    this.#place = place
    this.#problems = problems
    this.#secret = secret
  }

  async repair(): Promise<null> {
    this.#written ??= changeConfig(this.#place, (tree) => this.#changes(tree))
    await this.#written
    return null
  }

  #changes(tree: Tree): readonly Change[] {
    const changes = this.#problems.flatMap(
      (problem) => planFor(problem, tree, this.#secret)?.changes ?? [],
    )
    for (const change of changes)
      if (change.kind === 'set' && change.value === this.#secret)
        this.#place.made.add(keyText(change.path))
    return changes
  }
}
