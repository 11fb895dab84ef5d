/** What the `config` commands share: reading the configuration and showing what is wrong with it. */
import { randomBytes } from 'node:crypto'
import type { LoadRequest } from '../../config/gather.ts'
import { load, type Loaded } from '../../config/load.ts'
import { problemText, type Problem } from '../../config/problem.ts'
import { Fingerprints } from '../../core/fingerprint.ts'
import { UNGUESSABLE_LENGTH, type Secret } from '../../core/secret.ts'
import { configHost } from '../../host/config-host.ts'
import { loadFingerprintKey } from '../../host/fingerprint-key.ts'
import type { Io } from '../types.ts'

export interface ConfigFileOption {
  /** `--config`: another file than the state dir's. */
  readonly config?: string | undefined
}

export function requestOf(
  { config }: ConfigFileOption,
  io: Io,
  missing: LoadRequest['missing'],
): LoadRequest {
  return { variables: io.env, flags: { config }, host: configHost(io.env), missing }
}

/** `null` when it cannot be read; what is wrong has then been printed. Variables missing in this shell do not matter. */
export async function readConfig(option: ConfigFileOption, io: Io): Promise<Loaded | null> {
  const result = await load(requestOf(option, io, 'omit'))
  if (result.kind === 'loaded') return result
  printProblems(result.problems, io)
  return null
}

export function printProblems(problems: readonly Problem[], io: Io): void {
  for (const problem of problems) io.stderr(`${problemText(problem)}\n`)
}

/** What stands in the place of a secret: its fingerprint, or with `--reveal` the secret. */
export async function secretShower(
  { location }: Loaded,
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
