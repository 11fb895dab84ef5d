/** `gateway.auth`: who may come in, and what happens to those who guess. */
import * as z from 'zod'
import { flag, headerName, path, secret, text, url, whole } from './fields.ts'

const AUTH_MODES = ['token', 'password', 'trusted-proxy', 'none'] as const
export type AuthMode = (typeof AUTH_MODES)[number]

/** The scopes of `access/scopes.ts`, which this layer may not import; a test holds the two together. */
export const GRANTABLE_SCOPES = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
] as const

const rateLimit = z
  .strictObject({
    maxAttempts: whole(
      10,
      [1, 100],
      'Wrong credentials of one class from one client address before it is locked.',
    ),
    windowMs: whole(60_000, [1000, 86_400_000], 'Time in which they are counted, in milliseconds.'),
    lockoutMs: whole(
      300_000,
      [0, 604_800_000],
      'How long the lock lasts, in milliseconds; 0 is a pure sliding window.',
    ),
    exemptLoopback: flag(
      true,
      'Callers on this host without an Origin are never locked; their wrong guesses are held to 5 a second.',
    ),
  })
  .prefault({})
  .meta({ description: 'Failed attempts.' })

/** Headers with a meaning of their own: as a user name they would let anyone in, or no one. */
const NO_IDENTITY = new Set(
  'authorization cookie host origin connection upgrade content-length transfer-encoding forwarded x-forwarded-for x-forwarded-proto x-forwarded-host x-openclaw-password x-openclaw-scopes x-api-key'.split(
    ' ',
  ),
)
const identityHeader = headerName
  .refine((name) => !NO_IDENTITY.has(name), { message: 'already has another meaning' })
  .meta({
    accepts: 'the header in which the proxy writes who the user is, for example x-forwarded-user',
  })

const jwt = z
  .strictObject({
    header: identityHeader.meta({ description: 'Header that carries the signed assertion.' }),
    issuer: text('the issuer as the assertion names it').meta({
      description: 'Who must have signed it.',
    }),
    audience: text('the audience as the assertion names it').meta({
      description: 'For whom it must be meant.',
    }),
    jwksUri: url(['https', 'http'])
      .optional()
      .meta({ description: 'Where the public keys are fetched.' }),
    jwksFile: path.optional().meta({ description: 'File with the public keys.' }),
    userClaim: text('the name of a claim')
      .default('email')
      .meta({ description: 'Claim that names the user.' }),
  })
  .refine((value) => (value.jwksUri === undefined) !== (value.jwksFile === undefined), {
    message: 'needs the public keys from exactly one place',
    params: { accepts: 'either jwksUri or jwksFile' },
  })
  .optional()
  .meta({
    description:
      'Signed identity: set, it is required (this version cannot verify it, and refuses to start with it).',
  })

const trustedProxy = z
  .strictObject({
    userHeader: identityHeader.optional().meta({
      description: 'Header in which the proxy names the user. Required in mode trusted-proxy.',
    }),
    requiredHeaders: z
      .array(headerName)
      .default([])
      .meta({ description: 'Headers that must be there and not blank.' }),
    allowUsers: z
      .array(text('a user as the proxy names it'))
      .default([])
      .meta({ description: 'Users who may come in; empty allows all.' }),
    allowLoopback: flag(
      false,
      'Accept a proxy on this host. Any program here can then claim to be it.',
    ),
    jwt,
  })
  .prefault({})
  .meta({ description: 'The proxy that logs users in (mode trusted-proxy).' })

const keys = {
  mode: z.enum(AUTH_MODES).optional().meta({
    description:
      'How callers prove themselves. Unset: `password` if only a password exists, else `token`.',
  }),
  token: secret('The shared token. OPENCLAW_GATEWAY_TOKEN wins over it.'),
  tokenSecondary: secret('The other valid token while a rotation runs.'),
  password: secret('The shared password. OPENCLAW_GATEWAY_PASSWORD wins over it.'),
  allowLocalDirect: z.boolean().optional().meta({
    description:
      'Callers on this host need no credential. Unset: true, unless `trustedProxies` is not empty, `tailscale.mode` is on, the mode is trusted-proxy, or `tools.exec.sandbox` is "off".',
  }),
  allowTailscale: z
    .boolean()
    .optional()
    .meta({ description: 'The same as `tailscale: "enabled"` when true, "disabled" when false.' }),
  tailscale: z.enum(['disabled', 'enabled', 'require']).optional().meta({
    description:
      'Identity from Tailscale: not used, beside the other ways, or required of every remote request. Unset: `disabled`.',
  }),
  identityScopes: z
    .record(text('a user'), z.array(z.enum(GRANTABLE_SCOPES)))
    .optional()
    .meta({
      description:
        'What each proxy or Tailscale user may do. Once set, users without an entry hold read and write.',
    }),
  rateLimit,
  trustedProxy,
}

export const authSection = z
  .strictObject(keys)
  .transform(({ tailscale, allowTailscale, ...auth }, context) => {
    const meant = allowTailscale === undefined ? undefined : allowTailscale
    if (meant !== undefined && tailscale !== undefined && meant !== (tailscale !== 'disabled')) {
      const params = { accepts: 'only one of allowTailscale and tailscale' }
      context.addIssue({
        code: 'custom',
        path: ['allowTailscale'],
        message: `contradicts tailscale: "${tailscale}"`,
        params,
      })
    }
    return {
      ...auth,
      allowTailscale,
      tailscale: tailscale ?? (meant === true ? ('enabled' as const) : ('disabled' as const)),
    }
  })
  .prefault({})
  .meta({ description: 'Who may come in.' })
