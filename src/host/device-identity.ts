/** Who this machine is to gateways elsewhere: one Ed25519 key pair in the state dir (PROTOCOL 2.4). The file has a name of its own: other command lines that share the folder stumble over theirs. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import { Secret } from '../core/secret.ts'
import { folderFault, readSecretFile, type Fault } from './permissions.ts'
import { makeFile, makePrivateFolder } from './replace-file.ts'

export interface DeviceIdentity {
  /** SHA-256 of the raw public key in hex. */
  readonly deviceId: string
  readonly publicKeyPem: string
  readonly privateKeyPem: Secret
}

export type DeviceIdentityRead =
  | { readonly kind: 'identity'; readonly identity: DeviceIdentity }
  | { readonly kind: 'absent' }
  /** `message` says what is wrong, where, and what to do. */
  | { readonly kind: 'refused'; readonly message: string }

const FILE = z.looseObject({
  version: z.literal(1),
  deviceId: z.string(),
  publicKeyPem: z.string(),
  privateKeyPem: z.string(),
})

export function identityFolder(stateDir: string): string {
  return join(stateDir, 'identity')
}

/** Makes nothing: a machine that was never paired has none. */
export async function readDeviceIdentity(stateDir: string): Promise<DeviceIdentityRead> {
  const path = join(identityFolder(stateDir), 'this-machine.json')
  const folder = await folderFault(dirname(path))
  if (folder !== null) return refusedFor(dirname(path), folder)
  const file = await readSecretFile(path)
  if (file.kind === 'absent') return file
  if (file.kind === 'refused') return refusedFor(path, file)
  const identity = identityIn(file.text)
  if (identity !== null) return { kind: 'identity', identity }
  // Gateways know this machine by its key: a new one in its place would have to be approved everywhere (R47).
  const message = `${path} is damaged, and is left as it is. Restore it from a backup; or move it away, and this machine is a new device that has to be paired again`
  return { kind: 'refused', message }
}

/** The same, and makes one where there is none: two at once end with the same. `now`: milliseconds since the epoch. */
export async function ensureDeviceIdentity(
  stateDir: string,
  now: number,
): Promise<Exclude<DeviceIdentityRead, { kind: 'absent' }>> {
  const found = await readDeviceIdentity(stateDir)
  if (found.kind !== 'absent') return found
  const folder = await makePrivateFolder(identityFolder(stateDir))
  if (folder.kind === 'failed') return { kind: 'refused', message: folder.why }
  const path = join(identityFolder(stateDir), 'this-machine.json')
  const made = await makeFile(path, newIdentity(now))
  if (made.kind === 'failed') return { kind: 'refused', message: made.why }
  const written = await readDeviceIdentity(stateDir)
  return written.kind === 'absent' ? { kind: 'refused', message: `${path} disappeared` } : written
}

/** Ed25519 over the text's UTF-8, base64url. */
export function signDevicePayload(privateKeyPem: string, payload: string): string {
  return sign(null, Buffer.from(payload), privateKeyPem).toString('base64url')
}

/** The 32 bytes of the key, base64url: as the wire shows it. */
export function publicKeyRawBase64UrlFromPem(publicKeyPem: string): string {
  return rawOf(createPublicKey(publicKeyPem))
}

/** In words, for whoever runs the command. */
export function refusedFor(
  path: string,
  { why, fix }: Fault,
): { readonly kind: 'refused'; readonly message: string } {
  return { kind: 'refused', message: `${path} ${why}. ${fix}` }
}

function newIdentity(now: number): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const identity = {
    version: 1,
    deviceId: deviceIdOf(rawOf(publicKey)),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    createdAtMs: now,
  }
  return `${JSON.stringify(identity, null, 2)}\n`
}

/** `null` unless the parts belong together: a proof with any other pair would be refused everywhere, without a word why. */
function identityIn(text: string): DeviceIdentity | null {
  const parsed = FILE.safeParse(jsonOf(text))
  if (!parsed.success) return null
  const { deviceId, publicKeyPem, privateKeyPem } = parsed.data
  try {
    const raw = rawOf(createPublicKey(createPrivateKey(privateKeyPem)))
    const whole = publicKeyRawBase64UrlFromPem(publicKeyPem) === raw && deviceIdOf(raw) === deviceId
    return whole ? { deviceId, publicKeyPem, privateKeyPem: new Secret(privateKeyPem) } : null
  } catch {
    return null
  }
}

/** Throws for a key of another kind. */
function rawOf(publicKey: KeyObject): string {
  const { crv, x } = publicKey.export({ format: 'jwk' })
  if (crv !== 'Ed25519' || x === undefined) throw new TypeError('this is no Ed25519 key')
  return x
}

function deviceIdOf(raw: string): string {
  return createHash('sha256').update(Buffer.from(raw, 'base64url')).digest('hex')
}
