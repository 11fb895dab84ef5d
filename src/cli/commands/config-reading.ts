/** What the `config` commands share: reading the configuration and showing what is wrong with it. */
import { randomBytes } from 'node:crypto'
import type { LoadRequest } from '../../config/gather.ts'
import { load, type Loaded } from '../../config/load.ts'
import { problemText, type Problem } from '../../config/problem.ts'
import { Fingerprints } from '../../core/fingerprint.ts'
import { UNGUESSABLE_LENGTH, type Secret } from '../../core/secret.ts'
import { configHost } from '../../host/config-host.ts'
import { loadFingerprintKey } from '../../host/fingerprint-key.ts'
import { jsonText, note, withLocalTimes } from '../output.ts'
import type { Io } from '../types.ts'

/** What every `config` command is given. */
export interface ConfigOptions {
  /** `--config`: another file than the state dir's. */
  readonly config?: string | undefined
  readonly json: boolean
}

export function requestOf(
  { config }: Pick<ConfigOptions, 'config'>,
  io: Io,
  missing: LoadRequest['missing'],
): LoadRequest {
  return { variables: io.env, flags: { config }, host: configHost(io.env), missing }
}

/** `null` when it cannot be read; what is wrong has then been printed. Variables missing in this shell do not matter. */
export async function readConfig(options: ConfigOptions, io: Io): Promise<Loaded | null> {
  const result = await load(requestOf(options, io, 'omit'))
  if (result.kind === 'loaded') return result
  printProblems(result.problems, options, io)
  return null
}

/** One line each; for scripts the first one's code, and all of them in words. */
export function printProblems(
  problems: readonly Problem[],
  { json }: Pick<ConfigOptions, 'json'>,
  io: Io,
): void {
  const lines = problems.map(problemText)
  const [first] = problems
  if (json) printError({ code: first?.code ?? 'refused', message: lines.join('\n') }, io)
  for (const line of lines) note(io, withLocalTimes(line))
}

/** On standard output, as every command's refusal with `--json`. */
export function printError(
  error: { readonly code: string; readonly message: string },
  io: Io,
): void {
  io.stdout(`${jsonText({ error })}\n`)
}

/** What stands in the place of a secret: its fingerprint, or with `--reveal` the secret. */
export async function secretShower(
  { location }: Pick<Loaded, 'location'>,
  reveal: boolean,
): Promise<(secret: Secret) => string> {
  if (reveal) return (secret) => secret.reveal()
  const key = await loadFingerprintKey(location.stateDir)
  // Long secrets are shown without the key; short ones cannot be, where it cannot be read or made.
  const fingerprints = new Fingerprints(key.kind === 'key' ? key.key : randomBytes(32))
  return (secret) => {
    if (key.kind === 'failed' && secret.length < UNGUESSABLE_LENGTH) return '[redacted]'
    return `[redacted ${fingerprints.own(secret)}]`
  }
}
