/** Reads an API key file from disk, or says which file and line stands in the way. */
import { readFile, stat } from 'node:fs/promises'
import { codeOf, messageOf } from '../core/errors.ts'
import { parseKeys, type KeyEntry, type KeyRules } from './api-keys-parse.ts'

export interface ApiKeysFileSettings {
  readonly path: string
  /** Weak keys are refused: on anything but plain loopback (SPEC 2.2). */
  readonly strict: boolean
}

export interface ReadingRules extends Omit<KeyRules, 'strict'> {
  /** In words why the file's owner or permissions cannot be trusted, else `null`. */
  readonly checkFile: (path: string) => Promise<string | null> | string | null
}

export interface ReadKeys {
  readonly kind: 'keys'
  /** `''` when there is no file. */
  readonly text: string
  readonly entries: readonly KeyEntry[]
  readonly warnings: readonly string[]
}
export type ReadKeysOrProblem = ReadKeys | { readonly kind: 'unusable'; readonly problem: string }

/** Far more than any set of keys; whoever points us at another file must not fill the memory. */
const MAX_BYTES = 16 * 1024 * 1024

/** A file that is not there holds no keys. */
export async function readKeys(
  settings: ApiKeysFileSettings,
  rules: ReadingRules,
): Promise<ReadKeysOrProblem> {
  const { path } = settings
  const found = await bytesOf(path)
  if (found.kind === 'none')
    return { kind: 'keys', text: '', entries: [], warnings: [missing(path)] }
  if (found.kind === 'unreadable') return unusable(`${path} ${found.why}`)
  const untrusted = await rules.checkFile(path)
  if (untrusted !== null) return unusable(untrusted)
  const text = decoded(found.bytes)
  if (text === null) return unusable(`${path} is no UTF-8 text`)
  const parsed = parseKeys(text, { ...rules, strict: settings.strict })
  if (parsed.kind === 'malformed') return unusable(`${path} ${parsed.problem}`)
  return { ...parsed, text, warnings: parsed.warnings.map((words) => `${path} ${words}`) }
}

/** Another one as soon as the file was written, replaced or given other permissions; `''` when it is not there. */
export async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return ''
  }
}

type Found =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly why: string }

async function bytesOf(path: string): Promise<Found> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) return { kind: 'unreadable', why: 'is not a file: put one there' }
    const { size } = stats
    if (size > MAX_BYTES)
      return { kind: 'unreadable', why: 'is larger than 16 MiB: is it the right file?' }
    return { kind: 'bytes', bytes: await readFile(path) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'none' }
    const why = `cannot be read: check its owner and permissions (${messageOf(error)})`
    return { kind: 'unreadable', why }
  }
}

/** Without a byte order mark. */
function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function missing(path: string): string {
  return `${path} is not there: no API key is accepted. Make one with \`openclaw api-keys create\``
}

function unusable(problem: string): ReadKeysOrProblem {
  return { kind: 'unusable', problem }
}
