/** `device.pair.setupCode`: an approval in advance, as text for a QR code: works once, for ten minutes (SPEC 4, PROTOCOL 3.6). */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import type { Principal } from '../access/types.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import { makeSetupCode } from '../pairing/redeem.ts'
import type { SetupCode } from '../pairing/types.ts'
import { callingActor, exceeds } from './device-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

/** Where a device can reach this gateway. */
export interface ReachableAddress {
  /** `ws://192.168.1.5:18789`, `wss://claw.tail1.ts.net`. */
  readonly url: string
  /** In words, which setting says so: `gateway.bind`, `gateway.tailscale.mode`. */
  readonly source: string
}

export interface DeviceSetupParts {
  readonly desk: PairingDesk
  /** Digest of the secret behind a principal; `null` for an identity or the owner. */
  readonly makerOf: (principal: Principal) => string | null
  /** Best first; empty when only this host can reach it. */
  readonly reachable: (access: SetupCode['access']) => readonly ReachableAddress[]
  /** What clients without a code would have to know. */
  readonly auth: () => 'token' | 'password'
}

const input = z.strictObject({
  publicUrl: z.string().min(1).max(2048).optional(),
  preferRemoteUrl: z.boolean().optional(),
  includeQr: z.boolean().optional(),
  bootstrapProfile: z.enum(['limited', 'node', 'full']).optional(),
  joinUrl: z.literal(true).optional(),
})

export function devicePairSetupCode({
  desk,
  makerOf,
  reachable,
  auth,
}: DeviceSetupParts): Operation {
  return defineOperation({
    name: 'device.pair.setupCode',
    summary: 'A code that pairs one device without asking again: works once, for ten minutes.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/setup-codes' },
    websocket: true,
    input,
    subject: (asked) => `access=${accessOf(asked)}`,
    async run(asked, call) {
      const { publicUrl } = asked
      const access = accessOf(asked)
      const places = publicUrl === undefined ? reachable(access) : [given(publicUrl)]
      const [place] = places
      if (place === undefined)
        throw new Refusal(
          'conflict',
          'Gateway is only bound to loopback. Set gateway.bind to lan or tailnet, use gateway.tailscale.mode serve, or name the address: `openclaw qr --public-url wss://…`',
        )
      const { kind, id } = call.principal
      const maker = { kind, id, madeBy: makerOf(call.principal) }
      const made = await makeSetupCode(desk, access, callingActor(call), maker)
      switch (made.kind) {
        case 'missing-scope':
          throw exceeds(made.scope)
        case 'made': {
          const { setupId, expiresAt } = made.code
          const urls = places.slice(0, MOST_URLS).map(({ url }) => url)
          return {
            setupId,
            setupCode: setupText(urls, made.token.reveal(), expiresAt),
            gatewayUrl: place.url,
            ...(urls.length > 1 && { gatewayUrls: urls }),
            auth: auth(),
            urlSource: place.source,
            access,
            expiresAtMs: expiresAt,
          }
        }
        default:
          return unreachable(made)
      }
    },
  })
}

function accessOf({ joinUrl, bootstrapProfile }: z.output<typeof input>): SetupCode['access'] {
  return joinUrl === true ? 'node' : (bootstrapProfile ?? 'full')
}

const MOST_URLS = 8

/** What a device reads out of the QR code: base64url of JSON (PROTOCOL 3.6). */
function setupText(urls: readonly string[], bootstrapToken: string, expiresAtMs: number): string {
  const [url] = urls
  const words = { url, ...(urls.length > 1 && { urls }), bootstrapToken, expiresAtMs }
  return Buffer.from(JSON.stringify(words)).toString('base64url')
}

function given(publicUrl: string): ReachableAddress {
  const url = URL.parse(publicUrl.replace(/^http/i, 'ws'))
  const bare = url !== null && url.username === '' && url.password === '' && url.search === ''
  if (url === null || !bare || !/^wss?:$/.test(url.protocol))
    throw new Refusal(
      'invalid_input',
      'the address must begin with wss://, ws://, https:// or http://, and hold no user, password or query',
    )
  return { url: url.href.replace(/\/$/, ''), source: 'publicUrl' }
}
