/**
 * Whether a device holds the key that it names: an Ed25519 signature over this socket's challenge (PROTOCOL 2.4).
 * Pure: the same words give the same answer. What a valid proof is worth is decided elsewhere (R03).
 */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import type { DeviceClaim, DeviceProofReason } from './types.ts'

/** A `device` as it came in `connect`, unchecked. */
export interface PresentedDevice {
  readonly id: string
  readonly publicKey: string
  readonly signature: string
  /** Milliseconds since the epoch. */
  readonly signedAt: number
  readonly nonce: string
}

/** What else of `connect` is signed, exactly as received. */
export interface SignedWords {
  readonly clientId: string
  readonly clientMode: string
  readonly role: string
  readonly scopes: readonly string[]
  /** `auth.token`, else `auth.deviceToken`, else `auth.bootstrapToken`, else nothing: never the password. */
  readonly token: string
  readonly platform: string
  readonly deviceFamily: string
}

export interface Challenge {
  readonly nonce: string
  /** Milliseconds since the epoch, by the gateway's clock. */
  readonly now: number
}

/** How far the client's clock may be off. */
const SKEW_MS = 120_000
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
/** DER of a SubjectPublicKeyInfo for Ed25519 up to the raw key (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

export type CheckDevice = (
  device: PresentedDevice,
  words: SignedWords,
  challenge: Challenge,
) => DeviceClaim

/** Reading a key costs a third of checking a signature: this many of those that proved themselves last are kept read. */
const KEPT_KEYS = 1_000

interface ReadKey {
  /** As it came: another spelling is read anew. */
  readonly text: string
  readonly id: string
  readonly publicKey: string
  readonly key: KeyObject
}

/** A checker with a memory for keys, which changes no answer. */
export function deviceChecker(): CheckDevice {
  const keys = new Map<string, ReadKey>()
  return (device, words, challenge) => check(device, words, { ...challenge, keys })
}

/** The checks stand in the wire's order (PROTOCOL 2.5): id, time, nonce, signature. */
function check(
  device: PresentedDevice,
  words: SignedWords,
  { nonce, now, keys }: Challenge & { readonly keys: Map<string, ReadKey> },
): DeviceClaim {
  const known = keys.get(device.id)
  const read = known?.text === device.publicKey ? known : readKey(device.publicKey)
  if (read === null) return claim(device.id, '', 'device_key_invalid')
  const fail = (reason: DeviceProofReason): DeviceClaim => claim(device.id, read.publicKey, reason)

  if (device.id !== read.id) return fail('device_id_mismatch')
  if (!(Math.abs(now - device.signedAt) <= SKEW_MS)) return fail('device_signature_expired')
  const shown = device.nonce.trim()
  if (shown === '') return fail('device_nonce_missing')
  if (shown !== nonce) return fail('device_nonce_mismatch')
  if (!signed(device, words, read.key)) return fail('device_signature_invalid')
  if (read !== known) keep(keys, read)
  return { id: device.id, publicKey: read.publicKey, proof: { kind: 'valid' } }
}

function keep(keys: Map<string, ReadKey>, read: ReadKey): void {
  if (keys.size >= KEPT_KEYS) keys.clear()
  keys.set(read.id, read)
}

/** `null`: no key of this kind. */
function readKey(text: string): ReadKey | null {
  const raw = rawKey(text)
  const key = raw === null ? null : keyObject(raw)
  if (raw === null || key === null) return null
  return { text, id: deviceIdOf(raw), publicKey: raw.toString('base64url'), key }
}

/** Lower-case hex SHA-256 of the raw public key. */
export function deviceIdOf(rawPublicKey: Buffer): string {
  return hash('sha256', rawPublicKey, 'hex')
}

function claim(id: string, publicKey: string, reason: DeviceProofReason): DeviceClaim {
  return { id, publicKey, proof: { kind: 'invalid', reason } }
}

/** Raw, as base64 of either alphabet, or in a PEM: what clients of the wire send. `null` for anything else. */
function rawKey(text: string): Buffer | null {
  const base64 = pemBody(text)
  const bytes = bytesOf(base64 ?? text)
  if (bytes === null || base64 === null) return bytes?.length === KEY_BYTES ? bytes : null
  const head = bytes.subarray(0, SPKI_HEAD.length)
  return head.equals(SPKI_HEAD) && bytes.length === SPKI_HEAD.length + KEY_BYTES
    ? bytes.subarray(SPKI_HEAD.length)
    : null
}

const PEM_HEAD = '-----BEGIN PUBLIC KEY-----'
const PEM_TAIL = '-----END PUBLIC KEY-----'

/** Cut, not matched: strangers send this, and a pattern with blanks on both sides takes cubic time. */
function pemBody(text: string): string | null {
  const trimmed = text.trimEnd()
  const framed = trimmed.startsWith(PEM_HEAD) && trimmed.endsWith(PEM_TAIL)
  if (!framed || trimmed.length < PEM_HEAD.length + PEM_TAIL.length) return null
  return trimmed.slice(PEM_HEAD.length, -PEM_TAIL.length).replaceAll(/\s/g, '')
}

function bytesOf(text: string): Buffer | null {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}

function keyObject(raw: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** Version 3 first, which most clients sign; then version 2. Version 1 has no nonce and is dead. */
function signed(
  { id, signature, signedAt, nonce }: PresentedDevice,
  words: SignedWords,
  key: KeyObject,
): boolean {
  const bytes = bytesOf(signature)
  if (bytes?.length !== SIGNATURE_BYTES) return false
  const { clientId, clientMode, role, scopes, token, platform, deviceFamily } = words
  const common = [
    id,
    clientId,
    clientMode,
    role,
    scopes.join(','),
    String(signedAt),
    token,
    nonce.trim(),
  ]
  const holdsFor = (version: string, words: readonly string[]): boolean =>
    verify(null, Buffer.from([version, ...words].join('|')), key, bytes)
  return holdsFor('v3', [...common, plain(platform), plain(deviceFamily)]) || holdsFor('v2', common)
}

/** Trimmed, with ASCII letters lower: other letters are left alone, as the clients leave them. */
function plain(text: string): string {
  const trimmed = text.trim()
  return /[A-Z]/.test(trimmed) ? trimmed.replace(/[A-Z]/g, (one) => one.toLowerCase()) : trimmed
}
