/** The API keys (S2): one JSON file that people may edit, and that the gateway and the command line change without losing each other's keys. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ApiKey, ApiKeys } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import { lockFile } from '../host/file-lock.ts'
import { replaceFile } from '../host/replace-file.ts'
import type {
  ApiKeyKeeper,
  KeptApiKey,
  MintedApiKey,
  NewApiKey,
  NotChanged,
  Rotation,
} from '../operations/api-keys-keeper.ts'
import {
  creation,
  hashing,
  newKey,
  refused,
  revocation,
  rotation,
  type Edit,
} from './api-keys-changes.ts'
import { parseKeys, type KeyEntry } from './api-keys-parse.ts'
import { readKeys, stampOf } from './api-keys-read.ts'
import type { ApiKeysFileSettings, ReadingRules, ReadKeys } from './api-keys-read.ts'

const LOCK_WAIT_MS = 10_000

export interface ApiKeysFileOptions extends ApiKeysFileSettings, ReadingRules {
  /** Milliseconds since the epoch. */
  readonly clock: Clock
}

export type ApiKeysReload =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'loaded'; readonly warnings: readonly string[] }
  /** The keys of before stay in force. Said once for each state of the file. */
  | { readonly kind: 'kept'; readonly problem: string }

export type OpenedApiKeys =
  | { readonly kind: 'opened'; readonly keys: ApiKeysFile; readonly warnings: readonly string[] }
  /** The file is there and cannot be used; `problem` names file and line. */
  | { readonly kind: 'refused'; readonly problem: string }

export async function openApiKeysFile(options: ApiKeysFileOptions): Promise<OpenedApiKeys> {
  const keys = new ApiKeysFile(options)
  const loaded = await keys.reload()
  if (loaded.kind === 'kept') return { kind: 'refused', problem: loaded.problem }
  return { kind: 'opened', keys, warnings: loaded.kind === 'loaded' ? loaded.warnings : [] }
}

export class ApiKeysFile implements ApiKeys, ApiKeyKeeper {
  readonly #options: ApiKeysFileOptions
  #settings: ApiKeysFileSettings
  #entries: readonly KeyEntry[] = []
  #byDigest: ReadonlyMap<string, ApiKey> = new Map()
  /** Of the state of the file that was read last; `null` before, and after a change of ours. */
  #stamp: string | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ApiKeysFileOptions) {
    this.#options = options
    this.#settings = { path: options.path, strict: options.strict }
  }

  find(digest: string): ApiKey | null {
    return this.#byDigest.get(digest) ?? null
  }

  list(): readonly KeptApiKey[] {
    return this.#entries
  }

  /** Reads the file if it, or a setting, is another than before. */
  reload(settings: ApiKeysFileSettings = this.#settings): Promise<ApiKeysReload> {
    return this.#inTurn(async () => {
      const { path, strict } = this.#settings
      const same = settings.path === path && settings.strict === strict
      const stamp = await stampOf(settings.path)
      if (same && stamp === this.#stamp) return { kind: 'unchanged' }
      const read = await readKeys(settings, this.#options)
      if (same) this.#stamp = stamp
      if (read.kind === 'unusable') return { kind: 'kept', problem: read.problem }
      this.#settings = { path: settings.path, strict: settings.strict }
      this.#stamp = stamp
      this.#adopt(read.entries)
      return { kind: 'loaded', warnings: read.warnings }
    })
  }

  create(wanted: NewApiKey): Promise<MintedApiKey | NotChanged> {
    const key = newKey()
    return this.#change(
      (file) => creation(file, { wanted, key, now: this.#options.clock() }),
      (entry) => ({ kind: 'minted', key, entry }),
    )
  }

  revoke(
    id: string,
  ): Promise<{ readonly kind: 'revoked'; readonly entry: KeptApiKey } | NotChanged> {
    return this.#change(
      (file) => revocation(file, id, this.#options.clock()),
      (entry) => ({ kind: 'revoked', entry }),
    )
  }

  rotate(wanted: Rotation): Promise<MintedApiKey | NotChanged> {
    const key = newKey()
    return this.#change(
      (file) => rotation(file, { wanted, key, now: this.#options.clock() }),
      (entry) => ({ kind: 'minted', key, entry }),
    )
  }

  /** Under the lock: reads what is there now, writes what `edit` makes of it, and puts that in force. */
  #change<Done>(
    edit: (file: ReadKeys) => Edit,
    done: (entry: KeptApiKey) => Done,
  ): Promise<Done | NotChanged> {
    return this.#inTurn(async () => {
      const settings = this.#settings
      await mkdir(dirname(settings.path), { recursive: true, mode: 0o700 })
      return whileLocked(settings.path, async () => {
        const file = await readKeys(settings, this.#options)
        if (file.kind === 'unusable') return refused(`${file.problem}; nothing was changed`)
        const edited = edit(file)
        if (edited.kind === 'refused') return edited
        this.#adopt(edited.text === null ? file.entries : await this.#write(edited.text, settings))
        const entry = this.#entries.find(({ id }) => id === edited.id)
        if (entry === undefined)
          throw new Error(`${settings.path}: API key "${edited.id}" was not written`)
        return done(entry)
      })
    })
  }

  async #write(text: string, { path, strict }: ApiKeysFileSettings): Promise<readonly KeyEntry[]> {
    const parsed = parseKeys(text, { ...this.#options, strict })
    // Never a file that the next start refuses.
    if (parsed.kind === 'malformed') throw new Error(`${path} was left as it is: ${parsed.problem}`)
    this.#stamp = null
    const written = await replaceFile(path, text)
    if (written.kind === 'failed') throw new Error(written.why)
    return parsed.entries
  }

  #adopt(entries: readonly KeyEntry[]): void {
    const accepted = entries.filter((entry) => !entry.refused)
    this.#entries = entries
    this.#byDigest = new Map(accepted.map((entry) => [entry.digest, entry]))
  }

  /** One after the other, so that an older read never replaces a newer one. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work)
    this.#last = turn
    return turn
  }
}

/**
 * Digests in the place of keys that stand in the file as they are; answers how many. Whoever holds a key goes on using it, so
 * no copy of the old text is kept: it would hold what was to go. Keys that are weak stay. Rejects, saying why, and the file
 * is then as it was.
 */
export function hashPlainKeys(path: string, rules: ReadingRules): Promise<number> {
  return whileLocked(path, async () => {
    const file = await readKeys({ path, strict: true }, rules)
    if (file.kind === 'unusable') throw new Error(`${file.problem}; nothing was changed`)
    const { text, count } = hashing(file)
    if (count === 0) return 0
    const parsed = parseKeys(text, { ...rules, strict: true })
    if (parsed.kind === 'malformed') throw new Error(`${path} was left as it is: ${parsed.problem}`)
    if (!sameKeys(file.entries, parsed.entries))
      throw new Error(`${path} was left as it is: its keys would open something else`)
    const written = await replaceFile(path, text)
    if (written.kind === 'failed') throw new Error(written.why)
    return count
  })
}

function sameKeys(before: readonly KeyEntry[], after: readonly KeyEntry[]): boolean {
  const told = (entries: readonly KeyEntry[]): string =>
    JSON.stringify(
      entries.map(({ id, digest, scopes, expiresAt, revokedAt, refused }) => [
        id,
        digest,
        scopes,
        expiresAt,
        revokedAt,
        refused,
      ]),
    )
  return told(before) === told(after)
}

/** Runs `change` while no other process changes the file at `path`. */
async function whileLocked<Result>(path: string, change: () => Promise<Result>): Promise<Result> {
  const lock = await lockFile(`${path}.lock`, LOCK_WAIT_MS)
  if (lock.kind === 'failed') throw new Error(lock.why)
  try {
    return await change()
  } finally {
    lock.release()
  }
}
