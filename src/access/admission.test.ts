/** What a device that is shown changes about the caller: a row a case (SPEC 3 and 4). */
import { describe, expect, test } from 'vitest'
import { decide, inWords, type Shown } from './admission.fixture.ts'
import { KEY } from './rows.fixture.ts'
import { ALICE, NEIGHBOUR, OWN_SOCKET, PROXIED, THROUGH_SERVE, TOKEN } from './scene.fixture.ts'
import { NO_FACTS } from './types.ts'

const HERE: Shown = { from: NEIGHBOUR, facts: OWN_SOCKET }
const WITH_TOKEN: Shown = { with: [TOKEN] }
const USER: Shown = {
  from: PROXIED,
  policy: {
    mode: 'trusted-proxy',
    secrets: [],
    trustedProxy: { allowUsers: new Set(), allowLoopback: false },
    identityScopes: new Map([['nick@example.com', ['operator.read', 'operator.pairing']]]),
  },
}
const ADMIN: Shown = {
  ...USER,
  policy: { ...USER.policy, identityScopes: new Map([['nick@example.com', ['operator.admin']]]) },
}
const TAILNET: Shown = { from: THROUGH_SERVE, facts: ALICE, policy: { tailscale: 'enabled' } }
const FREE = { pairing: { required: false, autoApprove: false } }
const WELCOME = { pairing: { required: true, autoApprove: true } }

type Row = readonly [name: string, shown: Shown, answer: string]

function table(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    test.each(rows)('%s', (_name, shown, answer) => {
      expect(inWords(shown)).toBe(answer)
    })
  })
}

table('without a device', [
  ['the shared secret is itself', WITH_TOKEN, 'token as operator: operator.read'],
  ['a node needs one', { ...WITH_TOKEN, role: 'node' }, 'device_required'],
  ['a web chat has no scopes', { ...WITH_TOKEN, role: 'webchat' }, 'token as webchat:'],
  [
    'a device token is nothing without its key',
    { with: ['ocd_reader'] },
    'device_token_without_key',
  ],
  ['a setup code neither', { with: ['ocd_code'] }, 'setup_code_without_key'],
])

table('with the shared secret, from afar', [
  [
    'a device within its approval',
    { ...WITH_TOKEN, device: 'reader' },
    'device reader as operator: operator.read',
  ],
  ['an unknown one', { ...WITH_TOKEN, device: 'new' }, 'device_not_paired, request'],
  [
    'more than approved',
    { ...WITH_TOKEN, device: 'reader', asks: ['operator.admin'] },
    'device_scope_not_approved, request',
  ],
  [
    'another role',
    { ...WITH_TOKEN, device: 'reader', role: 'node' },
    'device_role_not_approved, request',
  ],
  ['an approval that is over', { ...WITH_TOKEN, device: 'lapsed' }, 'device_not_paired, request'],
  [
    'an approval that was seen to be over, by a clock that was set back since',
    { ...WITH_TOKEN, device: 'outlived' },
    'device_not_paired, request',
  ],
  ['a removed one', { ...WITH_TOKEN, device: 'gone' }, 'device_not_paired, request'],
  [
    'a false proof',
    { ...WITH_TOKEN, device: 'reader', proof: 'invalid' },
    'device_signature_invalid',
  ],
  ['a node', { ...WITH_TOKEN, device: 'node', role: 'node' }, 'device node as node:'],
])

table('with the shared secret, on this host', [
  [
    'a new device comes in unasked',
    { ...HERE, ...WITH_TOKEN, device: 'new' },
    'device_not_paired, automatic',
  ],
  [
    'a new node too',
    { ...HERE, ...WITH_TOKEN, device: 'new', role: 'node' },
    'device_not_paired, automatic',
  ],
  [
    'broader scopes of a known one too',
    { ...HERE, ...WITH_TOKEN, device: 'reader', asks: ['operator.admin'] },
    'device_scope_not_approved, automatic',
  ],
  [
    'never another role',
    { ...HERE, ...WITH_TOKEN, device: 'reader', role: 'node' },
    'device_role_not_approved, request',
  ],
  [
    'never what is over',
    { ...HERE, ...WITH_TOKEN, device: 'lapsed' },
    'device_not_paired, request',
  ],
  [
    'never one that was removed',
    { ...HERE, ...WITH_TOKEN, device: 'gone' },
    'device_not_paired, request',
  ],
  [
    'never one from which something was taken',
    { ...HERE, ...WITH_TOKEN, device: 'barred', asks: ['operator.admin'] },
    'device_scope_not_approved, request',
  ],
  [
    'never for a page of another origin',
    {
      ...HERE,
      ...WITH_TOKEN,
      device: 'new',
      more: { browser: { ...NEIGHBOUR.browser, origin: 'http://localhost:1' } },
    },
    'device_not_paired, request',
  ],
  [
    'never through a proxy',
    { ...HERE, ...WITH_TOKEN, device: 'new', more: { forwarding: ['via'] } },
    'device_not_paired, request',
  ],
  [
    "never for somebody else's process",
    { ...HERE, ...WITH_TOKEN, device: 'new', facts: NO_FACTS },
    'device_not_paired, request',
  ],
  [
    'never for more than the connection may use',
    {
      ...HERE,
      ...WITH_TOKEN,
      device: 'new',
      asks: ['operator.admin'],
      more: { scopesHeader: ['operator.read'] },
    },
    'device_not_paired, request',
  ],
  [
    'never a node on a connection that may not administer',
    {
      ...HERE,
      ...WITH_TOKEN,
      device: 'new',
      role: 'node',
      asks: [],
      more: { scopesHeader: ['operator.read'] },
    },
    'device_not_paired, request',
  ],
  [
    'the owner without it is the owner, device or not',
    { ...HERE, device: 'new' },
    'owner as operator: operator.read',
  ],
  ['and asks for a node', { ...HERE, device: 'new', role: 'node' }, 'device_not_paired, request'],
])

table('as a user of a proxy or tailnet', [
  [
    'a device within its approval, and within what the user holds',
    { ...USER, device: 'both', asks: ['operator.read', 'operator.write'] },
    'device both as operator: operator.read',
  ],
  [
    "an administrator's device of a user who reads, reads",
    { ...USER, device: 'admin' },
    'device admin as operator: operator.read',
  ],
  ['an unknown device', { ...USER, device: 'new' }, 'device_not_paired, request'],
  [
    'the Control UI needs no device',
    { ...USER, device: 'new', more: { controlUi: true } },
    'nick@example.com as operator: operator.read',
  ],
  [
    'but a node is one',
    { ...USER, device: 'new', role: 'node', more: { controlUi: true } },
    'device_not_paired, request',
  ],
  ['a tailnet user with a new device', { ...TAILNET, device: 'new' }, 'device_not_paired, request'],
  [
    'a tailnet user at the Control UI',
    { ...TAILNET, device: 'new', more: { controlUi: true } },
    'alice@example.com as operator: operator.read',
  ],
])

table('with its own token', [
  [
    'what was approved',
    { device: 'reader', with: ['ocd_reader'] },
    'device reader as operator: operator.read',
  ],
  ['less', { device: 'reader', with: ['ocd_reader'], asks: [] }, 'device reader as operator:'],
  [
    'more is refused, and no request is made',
    { device: 'reader', with: ['ocd_reader'], asks: ['operator.write'] },
    'device_scope_not_approved',
  ],
  [
    'more, beside the shared secret, may be asked for',
    { device: 'reader', with: ['ocd_reader', TOKEN], asks: ['operator.write'] },
    'device_scope_not_approved, request',
  ],
  [
    'in the role of another token of its own',
    { device: 'both', with: ['ocd_both-node'] },
    'device_token_wrong_role',
  ],
  [
    'in a role that it has not',
    { device: 'reader', with: ['ocd_reader'], role: 'node' },
    'device_token_wrong_role',
  ],
  ['of another device', { device: 'reader', with: ['ocd_both'] }, 'device_token_without_key'],
  [
    'of an approval that is over',
    { device: 'lapsed', with: ['ocd_lapsed'] },
    'device_approval_expired',
  ],
  [
    'of an approval that was seen to be over, by a clock that was set back since',
    { device: 'outlived', with: ['ocd_outlived'] },
    'device_approval_expired',
  ],
  [
    'on the port for nodes, as an operator',
    { device: 'both', with: ['ocd_both'], more: { listener: 'bridge' } },
    'role_not_allowed',
  ],
  [
    'on the port for nodes, as a node',
    { device: 'both', with: ['ocd_both-node'], role: 'node', more: { listener: 'bridge' } },
    'device both as node:',
  ],
])

table('with a setup code', [
  [
    'in its first role',
    { device: 'new', with: ['ocd_code'], role: 'node' },
    'device_not_paired, setup-code',
  ],
  ['in another role', { device: 'new', with: ['ocd_code'] }, 'setup_code_invalid'],
  [
    'a false proof',
    { device: 'new', with: ['ocd_code'], role: 'node', proof: 'invalid' },
    'device_signature_invalid',
  ],
])

table('with an API key', [
  [
    'a device changes nothing',
    { device: 'new', with: [KEY], policy: { apiKeysEnabled: true } },
    'key as operator: operator.read',
  ],
  [
    'a node that is approved',
    { device: 'node', role: 'node', with: [KEY], policy: { apiKeysEnabled: true } },
    'device node as node:',
  ],
  [
    'a node that is not cannot ask',
    { device: 'new', role: 'node', with: [KEY], policy: { apiKeysEnabled: true } },
    'device_not_paired, none',
  ],
  [
    'a node that is not, beside the shared secret, can',
    { device: 'new', role: 'node', with: [KEY, TOKEN], policy: { apiKeysEnabled: true } },
    'device_not_paired, request',
  ],
])

table('where the rules are wider', [
  [
    'autoApprove: a new device from anywhere',
    { ...WITH_TOKEN, device: 'new', policy: WELCOME },
    'device_not_paired, automatic',
  ],
  [
    'autoApprove: never a known one',
    { ...WITH_TOKEN, device: 'reader', asks: ['operator.admin'], policy: WELCOME },
    'device_scope_not_approved, request',
  ],
  [
    'autoApprove: never one that was removed',
    { ...WITH_TOKEN, device: 'gone', policy: WELCOME },
    'device_not_paired, request',
  ],
  [
    'pairingRequired false: another role, too',
    { ...WITH_TOKEN, device: 'reader', role: 'node', policy: FREE },
    'device_role_not_approved, automatic',
  ],
  [
    'pairingRequired false: never what is over',
    { ...WITH_TOKEN, device: 'lapsed', policy: FREE },
    'device_not_paired, request',
  ],
  [
    'pairingRequired false: never one that was removed',
    { ...WITH_TOKEN, device: 'gone', policy: FREE },
    'device_not_paired, request',
  ],
  [
    'pairingRequired false: never more than the user holds',
    { ...USER, device: 'new', asks: ['operator.admin'], policy: { ...USER.policy, ...FREE } },
    'device_not_paired, request',
  ],
  [
    'pairingRequired false: never another role than operator by a credential that is no administrator’s',
    { ...USER, device: 'new', role: 'node', asks: [], policy: { ...USER.policy, ...FREE } },
    'device_not_paired, request',
  ],
  [
    'pairingRequired false: another role by an administrator’s credential',
    { ...ADMIN, device: 'new', role: 'node', asks: [], policy: { ...ADMIN.policy, ...FREE } },
    'device_not_paired, automatic',
  ],
  [
    'pairingRequired false: nothing without a right credential',
    { device: 'new', policy: FREE },
    'nothing_presented',
  ],
])

test('a request for more says what the device has already, so that what is shown is what is granted (R12)', () => {
  const decision = decide({ ...WITH_TOKEN, device: 'both', asks: ['operator.pairing'] })
  expect(decision.kind === 'denied' && decision.pairing).toMatchObject({
    scopes: ['operator.write', 'operator.pairing'],
    approved: [
      { role: 'operator', scopes: ['operator.write'] },
      { role: 'node', scopes: [] },
    ],
  })
})

describe('the old token ends', () => {
  test.each([
    ['when the new one comes', ['ocd_reader-new'], true],
    ['when the new one comes behind the old', ['ocd_reader', 'ocd_reader-new'], true],
    ['not when the old one comes', ['ocd_reader'], false],
    [
      'not when the new one of another device is shown besides',
      ['ocd_both-new', 'ocd_reader'],
      false,
    ],
    ['not when the shared secret comes', [TOKEN], false],
  ])('%s', (_when, shown, confirms) => {
    const decision = decide({ device: 'reader', with: shown })
    expect(decision.kind === 'allowed' && decision.device?.confirmsRotation).toBe(confirms)
  })
})
