/** The published client of the wire, as a program would use it: a device of its own, and its tokens in a file beside it. */
import { GatewayClient, type GatewayClientOptions } from '@openclaw/gateway-client'
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const hello = z.looseObject({
  auth: z.looseObject({
    method: z.string(),
    scopes: z.array(z.string()),
    deviceToken: z.string().optional(),
  }),
})
export type HelloAuth = z.output<typeof hello>['auth']

const stored = z.strictObject({ token: z.string(), scopes: z.array(z.string()) })

/** A key pair, made once. */
export function newIdentity() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
  return {
    deviceId: createHash('sha256').update(rawKey(publicKeyPem)).digest('hex'),
    publicKeyPem,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}
export type Identity = ReturnType<typeof newIdentity>

function rawKey(pem: string): Buffer {
  return createPublicKey(pem).export({ format: 'der', type: 'spki' }).subarray(-32)
}

/** Where a client keeps its device token. */
export class TokenFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  get token(): string | null {
    return this.load()?.token ?? null
  }

  load(): z.output<typeof stored> | null {
    return existsSync(this.#path)
      ? stored.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
      : null
  }

  store({ token, scopes }: { readonly token: string; readonly scopes: readonly string[] }): void {
    writeFileSync(this.#path, JSON.stringify({ token, scopes }), { mode: 0o600 })
  }

  clear(): void {
    rmSync(this.#path, { force: true })
  }
}

export interface ReferenceOptions extends GatewayClientOptions {
  readonly port: number
  readonly identity?: Identity
  readonly tokens?: TokenFile
}

/** One running client, and what became of it. */
export class ReferenceClient {
  readonly client: GatewayClient
  readonly closes: number[] = []
  /** Why it stopped trying. */
  readonly paused: Promise<{ readonly code: number; readonly detailCode: string | null }>
  readonly #hellos: HelloAuth[] = []
  #wake: () => void = () => {}

  constructor({ port, identity, tokens, ...options }: ReferenceOptions) {
    const paused = Promise.withResolvers<{ code: number; detailCode: string | null }>()
    this.paused = paused.promise
    this.client = new GatewayClient({
      url: `ws://127.0.0.1:${port}`,
      scopes: ['operator.read'],
      ...options,
      deviceIdentity: identity ?? null,
      hostDeps: {
        signDevicePayload: (pem, payload) =>
          sign(null, Buffer.from(payload), pem).toString('base64url'),
        publicKeyRawBase64UrlFromPem: (pem) => rawKey(pem).toString('base64url'),
        loadDeviceAuthToken: () => tokens?.load() ?? null,
        storeDeviceAuthToken: (record) => tokens?.store(record),
        clearDeviceAuthToken: () => tokens?.clear(),
      },
      onHelloOk: (frame) => {
        this.#hellos.push(hello.parse(frame).auth)
        this.#wake()
      },
      onClose: (code) => void this.closes.push(code),
      onReconnectPaused: (why) => paused.resolve(why),
    })
    this.client.start()
  }

  /** The hello of its connection number `count`, past or future. */
  async hello(count = 1): Promise<HelloAuth> {
    for (;;) {
      const found = this.#hellos[count - 1]
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async stop(): Promise<void> {
    await this.client.stopAndWait()
  }
}
