/** For tests: a device with a key of its own, which signs challenges as the wire's clients do (PROTOCOL 2.4). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto'
import type { PresentedDevice, SignedWords } from './device-proof.ts'

export interface SignedChallenge {
  readonly nonce: string
  readonly signedAt: number
}

export class TestDevice {
  readonly id: string
  readonly publicKey: string
  readonly #privateKey: KeyObject

  constructor(privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey) {
    this.#privateKey = privateKey
    const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
    this.id = createHash('sha256').update(raw).digest('hex')
    this.publicKey = raw.toString('base64url')
  }

  /** From 32 bytes in hex, for the vectors that are published. */
  static ofSeed(hex: string): TestDevice {
    const der = Buffer.from(`302e020100300506032b657004220420${hex}`, 'hex')
    return new TestDevice(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
  }

  present(
    words: SignedWords,
    { nonce, signedAt }: SignedChallenge,
    version: 'v1' | 'v2' | 'v3' = 'v3',
  ): PresentedDevice {
    const { clientId, clientMode, role, scopes, token, platform, deviceFamily } = words
    const common = [this.id, clientId, clientMode, role, scopes.join(','), signedAt, token]
    const last = {
      v1: [],
      v2: [nonce],
      v3: [nonce, platform.trim().toLowerCase(), deviceFamily.trim().toLowerCase()],
    }
    const payload = [version, ...common, ...last[version]].join('|')
    const signature = sign(null, Buffer.from(payload), this.#privateKey).toString('base64url')
    return { id: this.id, publicKey: this.publicKey, signature, signedAt, nonce }
  }
}
