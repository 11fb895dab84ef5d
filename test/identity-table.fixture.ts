/** Who is let in as whom when Tailscale or a proxy names a user: the table that docs/identity-and-pairing.md shows and identity-and-pairing.test.ts tries. */
import type { Reason } from '../src/access/reasons.ts'

/** Who connects. */
export const CLIENTS = {
  page: { title: 'Control UI', device: false, role: 'operator' },
  pageDevice: { title: 'Control UI, device', device: true, role: 'operator' },
  cli: { title: 'cli', device: false, role: 'operator' },
  cliDevice: { title: 'cli, device', device: true, role: 'operator' },
  node: { title: 'node', device: false, role: 'node' },
  nodeDevice: { title: 'node, device', device: true, role: 'node' },
} as const
export type ClientName = keyof typeof CLIENTS
export const CLIENT_NAMES: readonly ClientName[] = [
  'page',
  'pageDevice',
  'cli',
  'cliDevice',
  'node',
  'nodeDevice',
]

/** What it comes with. The devices are new, but where they show a token of their own. */
export const SHOWN = {
  identity: 'a verified identity',
  identityAndSecret: 'the same, and the shared secret',
  identityAndToken: 'the same, and a token of the device',
  secret: 'the shared secret alone',
  token: 'a token of the device alone',
  mismatch: 'an identity that is refused',
  mismatchAndSecret: 'the same, and the shared secret',
} as const
export type ShownName = keyof typeof SHOWN

/** What comes of it. */
export const WORDS = {
  user: 'in, as the user',
  device: 'in, as the device',
  'device, token': 'in, as the device (token)',
  secret: 'in, by the secret',
  asked: 'asked to pair',
  '-': '',
} as const
/** One of those, or the reason of a refusal as the record has it. */
export type Cell = keyof typeof WORDS | Reason

export interface Setting {
  readonly title: string
  /** Of `gateway.auth`, beside what the identity needs. */
  readonly auth: object
  readonly security?: object
}

export interface IdentityCase {
  readonly title: string
  readonly by: 'tailscale' | 'proxy'
  /** The answers are the same for each. */
  readonly settings: readonly Setting[]
  readonly rows: Readonly<Partial<Record<ShownName, readonly Cell[]>>>
}

const named: readonly Cell[] = ['user', 'user', 'user', 'asked', 'device_required', 'asked']
/** The secret speaks for a page with a device, but the identity spares it the pairing. */
const namedAndSecret: readonly Cell[] = [
  'secret',
  'user',
  'secret',
  'asked',
  'device_required',
  'asked',
]
const secretAlone: readonly Cell[] = [
  'secret',
  'asked',
  'secret',
  'asked',
  'device_required',
  'asked',
]
const namedApproved: readonly Cell[] = [
  'user',
  'user',
  'user',
  'device',
  'device_required',
  'device',
]
const secretApproved: readonly Cell[] = [
  'secret',
  'device, token',
  'secret',
  'device, token',
  'device_required',
  'device, token',
]
const ownToken: readonly Cell[] = ['-', 'device, token', '-', 'device, token', '-', 'device, token']
const all = (code: Cell): readonly Cell[] => CLIENT_NAMES.map(() => code)
const devices = (code: Cell): readonly Cell[] =>
  CLIENT_NAMES.map((name) => (CLIENTS[name].device ? code : '-'))

const TOKEN_MODE = 'mode `token`'
const PASSWORD_MODE = 'mode `password`'

export const IDENTITY_CASES: readonly IdentityCase[] = [
  {
    title: 'Tailscale beside the secret',
    by: 'tailscale',
    settings: [
      { title: `\`tailscale: "enabled"\`, ${TOKEN_MODE}`, auth: { tailscale: 'enabled' } },
      { title: `\`allowTailscale: true\`, ${TOKEN_MODE}`, auth: { allowTailscale: true } },
      {
        title: `\`tailscale: "enabled"\`, ${PASSWORD_MODE}`,
        auth: { mode: 'password', tailscale: 'enabled' },
      },
    ],
    rows: {
      identity: named,
      identityAndSecret: namedAndSecret,
      identityAndToken: ownToken,
      secret: secretAlone,
      token: ownToken,
      mismatch: all('tailscale_identity_mismatch'),
      mismatchAndSecret: secretAlone,
    },
  },
  {
    title: 'Tailscale required',
    by: 'tailscale',
    settings: [
      { title: `\`tailscale: "require"\`, ${TOKEN_MODE}`, auth: { tailscale: 'require' } },
      {
        title: `\`tailscale: "require"\`, ${PASSWORD_MODE}`,
        auth: { mode: 'password', tailscale: 'require' },
      },
    ],
    rows: {
      identity: named,
      identityAndSecret: namedAndSecret,
      identityAndToken: ownToken,
      secret: all('tailscale_required'),
      token: devices('tailscale_required'),
      mismatch: all('tailscale_identity_mismatch'),
      mismatchAndSecret: all('tailscale_required'),
    },
  },
  {
    title: 'Tailscale not used',
    by: 'tailscale',
    settings: [
      { title: `nothing set, ${TOKEN_MODE}`, auth: {} },
      {
        title: `\`allowTailscale: false\`, ${PASSWORD_MODE}`,
        auth: { mode: 'password', allowTailscale: false },
      },
    ],
    rows: {
      identity: all('nothing_presented'),
      identityAndSecret: secretAlone,
      identityAndToken: ownToken,
    },
  },
  {
    title: 'Tailscale, and devices approved without asking',
    by: 'tailscale',
    settings: [
      {
        title: '`tailscale: "enabled"`, `security.pairingRequired: false`',
        auth: { tailscale: 'enabled' },
        security: { pairingRequired: false },
      },
      {
        title: '`tailscale: "enabled"`, `security.autoApprove: true`',
        auth: { tailscale: 'enabled' },
        security: { autoApprove: true },
      },
    ],
    rows: {
      identity: namedApproved,
      identityAndSecret: secretApproved,
      secret: secretApproved,
    },
  },
  {
    title: 'Tailscale in mode trusted-proxy, past the proxy',
    by: 'tailscale',
    settings: [
      {
        title: '`tailscale: "enabled"`, mode `trusted-proxy`',
        auth: { mode: 'trusted-proxy', tailscale: 'enabled' },
      },
    ],
    rows: {
      identity: named,
      identityAndSecret: named,
      identityAndToken: ['-', 'user', '-', 'device', '-', 'device'],
      secret: all('shared_secret_not_here'),
      token: devices('proxy_required'),
      mismatch: all('tailscale_identity_mismatch'),
    },
  },
  {
    title: 'A proxy that logs users in',
    by: 'proxy',
    settings: [
      { title: 'mode `trusted-proxy`', auth: { mode: 'trusted-proxy' } },
      {
        title: 'mode `trusted-proxy`, `tailscale: "enabled"`',
        auth: { mode: 'trusted-proxy', tailscale: 'enabled' },
      },
    ],
    rows: {
      identity: named,
      identityAndSecret: named,
      identityAndToken: ownToken,
      secret: all('shared_secret_not_here'),
      token: ownToken,
      mismatch: all('trusted_proxy_user_not_allowed'),
      mismatchAndSecret: all('shared_secret_not_here'),
    },
  },
  {
    title: 'A proxy that logs users in, and devices approved without asking',
    by: 'proxy',
    settings: [
      {
        title: 'mode `trusted-proxy`, `security.pairingRequired: false`',
        auth: { mode: 'trusted-proxy' },
        security: { pairingRequired: false },
      },
      {
        title: 'mode `trusted-proxy`, `security.autoApprove: true`',
        auth: { mode: 'trusted-proxy' },
        security: { autoApprove: true },
      },
    ],
    rows: {
      identity: namedApproved,
      mismatch: all('trusted_proxy_user_not_allowed'),
    },
  },
  {
    title: 'A proxy that logs users in, where Tailscale is required',
    by: 'proxy',
    settings: [
      {
        title: 'mode `trusted-proxy`, `tailscale: "require"`',
        auth: { mode: 'trusted-proxy', tailscale: 'require' },
      },
    ],
    rows: {
      identity: all('tailscale_required'),
      identityAndToken: devices('tailscale_required'),
    },
  },
]
