/** The device tokens that gateways gave this machine, each for the gateway it came from (R39), in the state dir's `identity/gateway-tokens.json`. */
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import { Secret } from '../core/secret.ts'
import { identityFolder, refusedFor } from './device-identity.ts'
import { folderFault, readSecretFile } from './permissions.ts'
import { makePrivateFolder, replaceFile, type Written } from './replace-file.ts'

/** Whose token: a device in a role. */
export interface TokenHolder {
  readonly deviceId: string
  readonly role: string
}

export interface DeviceToken {
  readonly token: Secret
  /** What the gateway said that it is good for. */
  readonly scopes: readonly string[]
}

const entryShape = z.looseObject({
  deviceId: z.string(),
  token: z.string(),
  scopes: z.array(z.string()),
})
/** Whatever else stands there, such as an older command line's tokens of no named gateway, stays there. */
const fileShape = z.looseObject({
  version: z.literal(1),
  gateways: z.record(z.string(), z.record(z.string(), entryShape)).default({}),
})
type TokenFile = z.output<typeof fileShape>

type FileRead =
  | { readonly kind: 'file'; readonly file: TokenFile }
  | { readonly kind: 'refused'; readonly message: string }

export type DeviceTokensRead =
  | { readonly kind: 'tokens'; readonly tokens: DeviceTokens }
  | Extract<FileRead, { kind: 'refused' }>

const LOCK_WAIT_MS = 5_000

/** `gateway`: its address as the client library writes it (`gatewayOriginScope`), with its path: two may share an origin. */
export async function openDeviceTokens(
  stateDir: string,
  gateway: string,
): Promise<DeviceTokensRead> {
  const path = join(identityFolder(stateDir), 'gateway-tokens.json')
  const read = await readTokens(path)
  if (read.kind === 'refused') return read
  return { kind: 'tokens', tokens: new DeviceTokens(path, gateway, read.file) }
}

/** One gateway's: read when it was opened. What replaces a token is kept here at once, and on the disk when `saved` says so. */
export class DeviceTokens {
  readonly #path: string
  readonly #gateway: string
  #file: TokenFile
  #saving: Promise<Written> = Promise.resolve({ kind: 'written' })
  /** Roles. */
  readonly #given = new Set<string>()

  constructor(path: string, gateway: string, file: TokenFile) {
    this.#path = path
    this.#gateway = gateway
    this.#file = file
  }

  load({ deviceId, role }: TokenHolder): DeviceToken | null {
    const entry = this.#file.gateways[this.#gateway]?.[role]
    if (entry?.deviceId !== deviceId) return null
    return { token: new Secret(entry.token), scopes: entry.scopes }
  }

  /** That which the gateway handed out since this was opened; an older one may have been revoked meanwhile. */
  given(holder: TokenHolder): DeviceToken | null {
    return this.#given.has(holder.role) ? this.load(holder) : null
  }

  /** Replaces the one before. Nothing else ever removes one: a gateway that says no may be the wrong one, or wrong (R47). */
  store(holder: TokenHolder, { token, scopes }: DeviceToken): void {
    this.#given.add(holder.role)
    const before = this.load(holder)
    if (before?.token.equals(token) === true && before.scopes.join() === scopes.join()) return
    const change = (file: TokenFile) =>
      withToken(file, { gateway: this.#gateway, ...holder, token, scopes })
    this.#file = change(this.#file)
    this.#saving = this.#saving.then(() => save(this.#path, change))
  }

  /** How the last change ended. */
  saved(): Promise<Written> {
    return this.#saving
  }
}

async function readTokens(path: string): Promise<FileRead> {
  const folder = await folderFault(dirname(path))
  if (folder !== null) return refusedFor(dirname(path), folder)
  const found = await readSecretFile(path)
  if (found.kind === 'absent') return { kind: 'file', file: { version: 1, gateways: {} } }
  if (found.kind === 'refused') return refusedFor(path, found)
  const parsed = fileShape.safeParse(jsonOf(found.text))
  if (parsed.success) return { kind: 'file', file: parsed.data }
  const message = `${path} is damaged, and is left as it is. Restore it from a backup; or move it away: connecting with --token brings a new device token`
  return { kind: 'refused', message }
}

/** What others wrote meanwhile is kept. */
async function save(path: string, change: (file: TokenFile) => TokenFile): Promise<Written> {
  const folder = await makePrivateFolder(dirname(path))
  if (folder.kind === 'failed') return folder
  const { lockFile } = await import('./file-lock.ts')
  const lock = await lockFile(`${path}.lock`, LOCK_WAIT_MS)
  if (lock.kind === 'failed') return lock
  try {
    const now = await readTokens(path)
    if (now.kind === 'refused') return { kind: 'failed', why: now.message }
    return await replaceFile(path, `${JSON.stringify(change(now.file), null, 2)}\n`)
  } finally {
    lock.release()
  }
}

function withToken(
  file: TokenFile,
  {
    gateway,
    deviceId,
    role,
    token,
    scopes,
  }: TokenHolder & DeviceToken & { readonly gateway: string },
): TokenFile {
  const entry = { deviceId, token: token.reveal(), scopes: [...scopes] }
  const roles = { ...file.gateways[gateway], [role]: entry }
  return { ...file, gateways: { ...file.gateways, [gateway]: roles } }
}
