/** What the gateway keeps in its state dir, and in which form. Whatever else lies there is somebody else's, and is left alone. */
import { lstat, readdir, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { CONFIG_NAMES } from '../config/locate.ts'
import { pendingFileOf } from '../config/pending-change.ts'
import { codeOf } from '../core/errors.ts'
import { ownerSocketPath } from '../host/owner-socket-path.ts'
import type { Place } from './types.ts'

export interface KnownPlace {
  readonly path: string
  readonly form: 'file' | 'folder' | 'socket'
}

/** Their own steps read them, and put something in their place. */
export function isSettings(path: string): boolean {
  return (
    /(^|\/)(\.env|\.secrets(\.age)?|openclaw\.json|config\.json|gateway\.yaml)$/.test(path) ||
    isWaitingChange(path)
  )
}

/** What a change of the configuration is undone by. */
export function isWaitingChange(path: string): boolean {
  return CONFIG_NAMES.some((name) => basename(path) === basename(pendingFileOf(name)))
}

/** A link is judged as what it leads to, but by its own owner. */
export interface Found extends KnownPlace {
  /** Of the entry itself. */
  readonly entry: Stats
  /** Of what it leads to; `null` for a link to nothing. */
  readonly target: Stats | null
}

const FOLDERS = ['records', 'logs', 'auth', 'credentials', 'identity'] as const
const FILES = [
  ...CONFIG_NAMES.flatMap((name) => [name, `${name}.bak`, `${name}.lock`, `${name}.recovered`]),
  ...CONFIG_NAMES.map(pendingFileOf),
  '.env',
  '.secrets',
  '.secrets.age',
  '.secrets.age.lock',
  'credentials/anthropic-oauth.json',
  'credentials/openai-oauth.json',
  'fingerprint.key',
  'store.sqlite',
  'store.sqlite-wal',
  'store.sqlite-shm',
  'store.sqlite-journal',
  'store.sqlite.recovered',
  'locks.jsonl',
  'web-sessions.json',
  'gateway.lock',
  'gateway.json',
  'node-commands.json',
  'tailscale-serve.json',
  'auth/api_keys.json',
  'auth/api_keys.json.lock',
  'identity/this-machine.json',
  'identity/gateway-tokens.json',
  'identity/gateway-tokens.json.lock',
  'logs/gateway.log',
  'logs/gateway.log.1',
  'recovered/unrecorded.jsonl',
] as const

/** Those that are there. */
export async function foundPlaces({ stateDir, request, uid }: Place): Promise<readonly Found[]> {
  const inside = (form: KnownPlace['form']) => (name: string) => ({
    path: join(stateDir, name),
    form,
  })
  const records = (await readdir(join(stateDir, 'records')).catch(() => []))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join('records', name))
  const socket = ownerSocketPath({
    stateDir,
    env: request.variables,
    uid: uid ?? 0,
    temporary: tmpdir(),
  })
  const known: readonly KnownPlace[] = [
    ...FOLDERS.map(inside('folder')),
    ...[...FILES, ...records].map(inside('file')),
    ...(socket.kind === 'at' ? [{ path: socket.path, form: 'socket' as const }] : []),
  ]
  const found = await Promise.all(known.map(look))
  return found.filter((one) => one !== null)
}

async function look(known: KnownPlace): Promise<Found | null> {
  const entry = await lstat(known.path).catch(absentAsNull)
  if (entry === null) return null
  return { ...known, entry, target: await stat(known.path).catch(() => null) }
}

/** Under a file in place of a folder there is nothing; the folder itself is what is wrong then. */
function absentAsNull(error: unknown): null {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null
  throw error
}

export function hasForm(form: KnownPlace['form'], stats: Stats): boolean {
  if (form === 'folder') return stats.isDirectory()
  return form === 'file' ? stats.isFile() : stats.isSocket()
}

/** Relative to the state dir where it lies in it. */
export function shortName({ stateDir }: Pick<Place, 'stateDir'>, path: string): string {
  const short = relative(stateDir, path)
  return short.startsWith('..') ? path : short
}

export function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}
