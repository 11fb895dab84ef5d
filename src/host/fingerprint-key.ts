/** The key under which short secrets are shown: 32 random bytes in the state dir, made when first needed. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readPrivateFile } from './permissions.ts'
import { makeFile, makePrivateFolder } from './replace-file.ts'

export type FingerprintKey =
  | { readonly kind: 'key'; readonly key: Buffer }
  | { readonly kind: 'failed'; readonly why: string }

const FILE = 'fingerprint.key'

/** Two first starts at once end with the same key, and a crash leaves a whole one or none. */
export async function loadFingerprintKey(stateDir: string): Promise<FingerprintKey> {
  const path = join(stateDir, FILE)
  const found = await readKey(path)
  if (found !== null) return found
  const folder = await makePrivateFolder(stateDir)
  if (folder.kind === 'failed') return folder
  const made = await makeFile(path, `${randomBytes(32).toString('hex')}\n`)
  if (made.kind === 'failed') return made
  return (await readKey(path)) ?? { kind: 'failed', why: `${path} disappeared` }
}

/** `null` when there is none; nothing is made. */
export function readFingerprintKey(stateDir: string): Promise<FingerprintKey | null> {
  return readKey(join(stateDir, FILE))
}

/** Kept as hex, so that it is read like every other private file. */
async function readKey(path: string): Promise<FingerprintKey | null> {
  const file = await readPrivateFile(path)
  if (file.kind === 'absent') return null
  if (file.kind === 'refused') return { kind: 'failed', why: `${path} ${file.why}. ${file.fix}` }
  const text = file.text.trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    return { kind: 'failed', why: `${path} holds no key. Delete it: a new one is made` }
  return { kind: 'key', key: Buffer.from(text, 'hex') }
}
