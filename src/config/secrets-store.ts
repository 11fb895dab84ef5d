/** Reads and changes `.secrets.age`, one change after the other; killed at any moment, the file is the old one or the new one. */
import { readersOf, recipientsOf, seal, identitiesIn } from './age.ts'
import { formatOf, parseDocument } from './document.ts'
import { parseDotenv } from './dotenv.ts'
import { gather, type LoadRequest } from './gather.ts'
import type { ConfigHost } from './host-port.ts'
import { valueAt } from './key-path.ts'
import type { Location } from './locate.ts'
import { problemText } from './problem.ts'
import { identityPath, openSealed, secretPaths, type SecretPaths } from './secret-files.ts'

/** Where the secrets are, and who can open them. */
export interface SecretsPlace {
  readonly host: ConfigHost
  readonly location: Location
  readonly paths: SecretPaths
  /** Path of the identity file. */
  readonly identity: string
  /** `secrets.recipients`. */
  readonly recipients: readonly string[]
}

/** The message says what, where and what to do. */
export interface No {
  readonly kind: 'no'
  readonly message: string
}

export function no(message: string): No {
  return { kind: 'no', message }
}

export type PlaceFound = { readonly kind: 'place'; readonly place: SecretsPlace } | No

/** Asks the configuration file alone: it may not be one that a gateway starts with. */
export async function secretsPlace(request: Omit<LoadRequest, 'missing'>): Promise<PlaceFound> {
  const gathered = await gather({ ...request, missing: 'omit' })
  if (gathered.kind === 'refused') return no(gathered.problems.map(problemText).join('; '))
  const { location, text } = gathered
  const parsed = await parseDocument(formatOf(location.file, text ?? '{}'), text ?? '{}')
  if (parsed.kind === 'malformed')
    return no(`${location.file}:${parsed.line ?? 1}: ${parsed.message}. Correct the file there`)
  const named = valueAt(parsed.tree, ['secrets', 'recipients'])
  return {
    kind: 'place',
    place: {
      host: request.host,
      location,
      paths: secretPaths(location.stateDir),
      identity: identityPath(gathered, parsed.tree),
      recipients: Array.isArray(named) ? named.map(String) : [],
    },
  }
}

export interface Kept {
  readonly kind: 'kept'
  /** Text of each; `null` where there is no such file. */
  readonly sealed: string | null
  readonly plain: string | null
  /** How many can open `.secrets.age`; 0 where there is none. */
  readonly readers: number
}

export async function readSecrets({ host, paths, identity }: SecretsPlace): Promise<Kept | No> {
  const [bytes, plain] = await Promise.all([host.readBytes(paths.sealed), host.read(paths.plain)])
  if (plain.kind === 'refused') return no(`${paths.plain} ${plain.why}. ${plain.fix}`)
  const text = plain.kind === 'text' ? plain.text : null
  if (bytes.kind === 'absent') return { kind: 'kept', sealed: null, plain: text, readers: 0 }
  if (bytes.kind === 'refused') return no(`${paths.sealed} ${bytes.why}. ${bytes.fix}`)
  const opened = await openSealed({ sealed: paths.sealed, bytes: bytes.bytes, identity, host })
  if (opened.kind === 'refused') return no(`${paths.sealed} ${opened.why}. ${opened.fix}`)
  if (opened.kind !== 'text') return no(`${paths.sealed} cannot be opened`)
  return { kind: 'kept', sealed: opened.text, plain: text, readers: readersOf(bytes.bytes) ?? 0 }
}

/** Variables by name; the message names the line that is none. */
export function variablesOf(file: string, text: string | null): ReadonlyMap<string, string> | No {
  const parsed = parseDotenv(text ?? '')
  if (parsed.kind === 'malformed')
    return no(
      `${file}: line ${parsed.line} is no variable. Accepted: lines of NAME=value, quotes closed`,
    )
  return new Map([...parsed.entries].map(([name, { value }]) => [name, value]))
}

export type Changed = { readonly kind: 'changed' } | No

/** Nobody else changes the secrets until it ends. `change`: from what is kept to the text to seal. */
export async function changeSecrets(
  place: SecretsPlace,
  change: (kept: Kept) => { readonly kind: 'text'; readonly text: string } | No,
): Promise<Changed> {
  const { host, paths, location } = place
  const folder = await host.makeFolder(location.stateDir)
  if (folder.kind === 'failed') return no(folder.why)
  const lock = await host.lock(`${paths.sealed}.lock`)
  if (lock.kind === 'failed') return no(lock.why)
  try {
    const kept = await readSecrets(place)
    if (kept.kind === 'no') return kept
    const next = change(kept)
    return next.kind === 'no' ? next : await write(place, next.text, kept)
  } finally {
    lock.release()
  }
}

/** Written, on the disk, and opened again before it counts. */
async function write(place: SecretsPlace, text: string, kept: Kept): Promise<Changed> {
  const { host, paths } = place
  const recipients = await recipientsFor(place)
  if (recipients.kind === 'no') return recipients
  if (kept.readers > recipients.all.length)
    return no(
      `${paths.sealed} can be opened by ${kept.readers}, and would be by ${recipients.all.length}: name the others with \`openclaw config set secrets.recipients '["age1…"]'\`. Nothing was changed`,
    )
  const sealed = await seal(text, recipients.all)
  if (sealed.kind === 'failed') return no(`secrets.recipients: ${sealed.why}`)
  const written = await host.write(paths.sealed, sealed.bytes)
  if (written.kind === 'failed') return no(written.why)
  const again = await readSecrets(place)
  if (again.kind === 'no') return again
  return again.sealed === text
    ? { kind: 'changed' }
    : no(
        `${paths.sealed} does not hold what was written: is the disk sound? Nothing else was changed`,
      )
}

async function recipientsFor({
  host,
  identity,
  recipients,
}: SecretsPlace): Promise<{ readonly kind: 'all'; readonly all: readonly string[] } | No> {
  const read = await host.read(identity)
  if (read.kind === 'absent')
    return no(`there is no identity at ${identity} yet: \`openclaw secrets init\` makes one`)
  if (read.kind === 'refused') return no(`${identity} ${read.why}. ${read.fix}`)
  const own = identitiesIn(read.text)
  if (own.kind === 'failed') return no(`${identity} ${own.why}`)
  const made = await recipientsOf(own.lines)
  if (made.kind === 'failed') return no(`${identity} ${made.why}`)
  return { kind: 'all', all: [...new Set([...made.recipients, ...recipients])] }
}
