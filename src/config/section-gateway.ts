/** `gateway`: where the gateway listens, and for whom. */
import * as z from 'zod'
import { address, addressRange, flag, path, port, secret, text, url } from './fields.ts'
import { authSection } from './section-auth.ts'

const tls = z
  .strictObject({
    enabled: flag(
      false,
      'Serve HTTPS directly (this version does not, and refuses to start with it).',
    ),
    certPath: path
      .optional()
      .meta({ description: 'Certificate chain, PEM (no effect in this version).' }),
    keyPath: path.optional().meta({ description: 'Private key, PEM (no effect in this version).' }),
    autoGenerate: flag(false, 'Make a self-signed certificate (no effect in this version).'),
  })
  .prefault({})
  .meta({ description: 'HTTPS without a proxy.' })

const remote = z
  .strictObject({
    url: url(['ws', 'wss', 'http', 'https'])
      .optional()
      .meta({ description: 'The gateway that the command line talks to in mode remote.' }),
    token: secret('Its token.'),
    password: secret('Its password.'),
  })
  .prefault({})
  .meta({ description: 'A gateway on another machine.' })

const tailscale = z
  .strictObject({
    mode: z.enum(['off', 'serve', 'funnel']).default('off').meta({
      description:
        'Runs `tailscale serve` or `tailscale funnel` for this gateway. Funnel requires mode password.',
    }),
  })
  .prefault({})
  .meta({ description: 'Reachable over Tailscale.' })

/** `*`, or a scheme, host and port without anything behind; written the way browsers send it. */
const origin = z
  .string()
  .trim()
  .transform((value, context) => {
    if (value === '*') return value
    const parsed = URL.parse(value)
    const bare =
      parsed !== null &&
      /^https?:$/.test(parsed.protocol) &&
      /^https?:\/\/[^/?#@]+\/?$/i.test(value)
    if (!bare || parsed.hostname.endsWith('.'))
      context.addIssue({ code: 'custom', message: 'is no origin' })
    return parsed?.origin ?? value
  })
  .meta({ accepts: 'an origin such as https://control.example.com or http://192.168.1.5:18789' })

const controlUi = z
  .strictObject({
    enabled: flag(true, 'Serve the Control UI.'),
    allowedOrigins: z.array(origin).default([]).meta({
      description:
        'Origins from which browsers may come, besides loopback and private addresses. "*" lets every page in; the gateway warns of it.',
    }),
    dangerouslyAllowHostHeaderOriginFallback: flag(
      false,
      'Accept any origin that equals the Host header. Opens the gateway to DNS rebinding.',
    ),
  })
  .prefault({})
  .meta({ description: 'The page in the browser.' })

const strictTransportSecurity = z
  .union([z.string().regex(/^[\x20-\x7e]+$/), z.literal(false)])
  .default(false)
  .meta({
    accepts: 'a header value such as "max-age=31536000", or false',
    description:
      'Strict-Transport-Security; only where this gateway itself serves HTTPS (no effect in this version).',
  })

const http = z
  .strictObject({
    securityHeaders: z
      .strictObject({ strictTransportSecurity })
      .prefault({})
      .meta({ description: 'Headers of every answer.' }),
  })
  .prefault({})
  .meta({ description: 'HTTP answers.' })

export const gatewaySection = z
  .strictObject({
    mode: z
      .enum(['local', 'remote'])
      .default('local')
      .meta({ description: '`remote`: the command line talks to `gateway.remote`.' }),
    port: port
      .default(18_789)
      .meta({ description: 'Port for HTTP and WebSocket; 0 picks a free one.' }),
    bind: z.enum(['loopback', 'lan', 'tailnet', 'custom']).default('loopback').meta({
      description:
        'Where to listen: this host only, every interface, the Tailscale address and loopback, or `customBindHost`.',
    }),
    customBindHost: address
      .optional()
      .meta({ description: 'Address to listen on with bind custom.' }),
    bridgePort: port.optional().meta({
      description:
        'Port of a listener for nodes alone, on the addresses of `bind`; 0 picks a free one, unset there is none. Nobody is local on it.',
    }),
    trustedProxies: z.array(addressRange).default([]).meta({
      description:
        'Addresses and ranges of reverse proxies whose X-Forwarded-For counts. Whoever is in them can name any client address.',
    }),
    tls,
    remote,
    tailscale,
    controlUi,
    http,
    auth: authSection,
  })
  .prefault({})
  .meta({ description: 'Where the gateway listens, and for whom.' })

export const dmSessionSection = z
  .strictObject({
    dmScope: z
      .enum(['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'])
      .default('main')
      .meta({ description: 'Which senders share a conversation.' }),
    identityLinks: z
      .record(text('a name'), z.array(text('a sender such as telegram:123')))
      .default({})
      .meta({
        description: 'Senders on several channels that are one person.',
      }),
  })
  .prefault({})
  .meta({ description: 'Conversations.' })
