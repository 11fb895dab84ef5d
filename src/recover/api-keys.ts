/** The API key file: entries that cannot be read are moved aside, the good ones stay. */
import { lstat, readFile } from 'node:fs/promises'
import { counted } from '../core/counted.ts'
import { isTree } from '../config/key-path.ts'
import { load } from '../config/load.ts'
import { parseKeys } from '../storage/api-keys-parse.ts'
import { openApiKeysFile } from '../storage/api-keys-file.ts'
import { readPlacedJson } from '../storage/json-places.ts'
import { replaceFile } from '../host/replace-file.ts'
import { lockFile } from '../host/file-lock.ts'
import { shortName } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig } from './write-config.ts'

export const apiKeys: Step = { name: 'keys', examine }

const LOCK_WAIT_MS = 10_000

async function examine(place: Place): Promise<readonly Fault[]> {
  const loaded = await load(place.request)
  if (loaded.kind === 'refused') return []
  const { file } = loaded.config.security.apiKeys
  const entry = await lstat(file).catch(() => null)
  if (entry === null) return []
  const opened = await openApiKeysFile({ path: file, strict: false, ...place.keyRules })
  if (opened.kind === 'opened') return []
  const what = opened.problem.replace(file, shortName(place, file))
  const good = await goodEntries(place, file)
  return [good === null ? useless(place, file, what) : mixed(place, file, { what, good })]
}

interface Good {
  readonly text: string
  readonly kept: number
  readonly dropped: number
}

/** Each entry is asked of the parser that reads them all. `null`: no entry can be told from another. */
async function goodEntries({ keyRules }: Place, path: string): Promise<Good | null> {
  if ((await keyRules.checkFile(path)) !== null) return null
  const text = await readFile(path, 'utf8').catch(() => null)
  const json = text === null ? null : readPlacedJson(text)
  if (json === null || json.kind === 'broken' || !isTree(json.value)) return null
  const { keys } = json.value
  if (!Array.isArray(keys)) return null
  const accepted = (entries: readonly unknown[]): boolean =>
    parseKeys(JSON.stringify({ keys: entries }), { ...keyRules, strict: false }).kind === 'keys'
  const whole = keys.filter((entry: unknown) => accepted([entry]))
  // Of two that clash one may be revoked, and the other not: neither counts.
  const good = whole.filter((entry, at) =>
    whole.every((other, other_at) => other_at === at || accepted([entry, other])),
  )
  const next = JSON.stringify({ ...json.value, keys: good }, null, 2)
  if (parseKeys(next, { ...keyRules, strict: false }).kind !== 'keys') return null
  return { text: `${next}\n`, kept: good.length, dropped: keys.length - good.length }
}

function mixed(
  place: Place,
  path: string,
  { what, good }: { readonly what: string; readonly good: Good },
): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: `${counted(good.dropped, 'key')} moved aside, ${good.kept} kept`,
    next: '`openclaw api-keys create` makes new ones for those who lost theirs',
    async repair() {
      const lock = await lockFile(`${path}.lock`, LOCK_WAIT_MS)
      if (lock.kind === 'failed') throw new Error(lock.why)
      try {
        await place.aside.copy(path)
        const written = await replaceFile(path, good.text)
        if (written.kind === 'failed') throw new Error(written.why)
      } finally {
        lock.release()
      }
      return null
    },
  }
}

function useless(place: Place, path: string, what: string): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'moved aside: no API key is accepted',
    next: 'Mend it and put it back, or make new keys with `openclaw api-keys create`',
    async repair() {
      try {
        await place.aside.move(path)
        return null
      } catch {
        // Not ours to move: then it is not read.
        await changeConfig(place, () => [
          { kind: 'set', path: ['security', 'apiKeys', 'enabled'], value: false },
        ])
        return 'it could not be moved, so security.apiKeys.enabled is now false'
      }
    },
  }
}
