import { describe, expect, it } from 'vitest'
import { live, PASSWORD } from '../../access/scene.fixture.ts'
import type { AccessPolicy } from '../../access/types.ts'
import { TestDevice } from '../../access/device.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { refusal, REMOTE } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const device = new TestDevice()
const CLI_HINT = 'set gateway.remote.token to match gateway.auth.token'
const auth = (
  code: string,
  authReason: string | undefined,
  recommendedNextStep: string,
  canRetryWithDeviceToken = false,
) => ({
  code,
  ...(authReason !== undefined && { authReason }),
  canRetryWithDeviceToken,
  recommendedNextStep,
})

interface Row {
  readonly name: string
  readonly policy?: Partial<AccessPolicy>
  readonly params?: Record<string, unknown>
  readonly headers?: Record<string, string>
  readonly device?: TestDevice
  readonly code?: string
  readonly message: string
  readonly details?: object
  readonly close?: { code: number; reason: string }
}

const trustedProxy: Partial<AccessPolicy> = {
  mode: 'trusted-proxy',
  secrets: [],
  trustedProxy: { allowUsers: new Set(), allowLoopback: false },
  allowLocalDirect: false,
}
const password: Partial<AccessPolicy> = { mode: 'password', secrets: [live(PASSWORD, 'password')] }
const ORIGIN_MESSAGE =
  'origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)'

const MATRIX: readonly Row[] = [
  {
    name: 'params with a member that nobody knows',
    params: { foo: 1 },
    message: "invalid connect params: at root: unexpected property 'foo'",
  },
  {
    name: 'params without a client version',
    params: { client: { id: 'cli', platform: 'linux', mode: 'cli' } },
    message: "invalid connect params: at /client: must have required property 'version'",
  },
  {
    name: 'a client id that is not in the list',
    params: { client: { id: 'me', version: '1', platform: 'linux', mode: 'cli' } },
    message: 'invalid connect params: at /client/id: must be equal to one of the allowed values',
  },
  {
    name: 'an agent runtime identity, which would have narrowed the client',
    params: { auth: { agentRuntimeIdentityToken: 'x' } },
    message: "invalid connect params: at /auth: unexpected property 'agentRuntimeIdentityToken'",
  },
  {
    name: 'ten thousand scopes',
    params: { scopes: Array.from({ length: 10_000 }, () => 1) },
    message: 'invalid connect params: at /scopes: must not have more than 256 items',
  },
  ...[
    [5, 9],
    [1, 2],
    [4, 3],
  ].map(([minProtocol, maxProtocol]): Row => ({
    name: `protocol ${minProtocol} to ${maxProtocol}`,
    params: { minProtocol, maxProtocol, auth: { token: TOKEN } },
    message: 'protocol mismatch',
    details: {
      code: 'PROTOCOL_MISMATCH',
      clientMinProtocol: minProtocol,
      clientMaxProtocol: maxProtocol,
      expectedProtocol: 4,
      minimumProbeProtocol: 3,
    },
    close: { code: 1002, reason: 'protocol mismatch' },
  })),
  ...['worker', 'Operator', 'admin'].map((role): Row => ({
    name: `role ${role}`,
    params: { role, auth: { token: TOKEN } },
    message: 'invalid role',
  })),
  ...['null', 'file:///etc/passwd', 'https://evil.example/path'].map((origin): Row => ({
    name: `an origin that is none: ${origin} (R36)`,
    params: { auth: { token: TOKEN } },
    headers: { origin },
    message: ORIGIN_MESSAGE,
    details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin missing or invalid' },
  })),
  {
    name: 'another origin with the right token (R36)',
    params: { auth: { token: TOKEN } },
    headers: { origin: 'https://evil.example' },
    message: ORIGIN_MESSAGE,
    details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin not allowed' },
  },
  {
    name: 'another origin with a wrong token: the same answer (R36)',
    params: { auth: { token: 'wrong' } },
    headers: { origin: 'https://evil.example' },
    message: ORIGIN_MESSAGE,
    details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin not allowed' },
  },
  {
    name: 'a foreign site without an origin (R36)',
    params: { auth: { token: TOKEN } },
    headers: { 'sec-fetch-site': 'cross-site' },
    message: ORIGIN_MESSAGE,
    details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin missing or invalid' },
  },
  {
    name: 'nothing presented',
    headers: REMOTE,
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  {
    name: 'nothing presented where the host itself is not let in',
    policy: { allowLocalDirect: false },
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  {
    name: 'empty credentials, which are none (R14)',
    params: { auth: { token: '', password: '', deviceToken: '' } },
    headers: REMOTE,
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  {
    name: 'a session cookie without its proof, which is nothing',
    headers: { ...REMOTE, cookie: 'openclaw_session=abc' },
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  // Pages take "device identity required" for plain http, and send their user to look for a certificate (R42).
  ...[
    { id: 'openclaw-control-ui', mode: 'ui' },
    { id: 'webchat-ui', mode: 'webchat' },
  ].map((page): Row => ({
    name: `a page without a device and without a credential: ${page.id}`,
    params: { client: { ...page, version: '1.0.0', platform: 'web' } },
    headers: REMOTE,
    message:
      'unauthorized: gateway token missing (open the dashboard URL and paste the token in Control UI settings)',
    details: auth('AUTH_TOKEN_MISSING', 'token_missing', 'update_auth_configuration'),
  })),
  {
    name: 'the same page as a node, which is always a device',
    params: {
      client: { id: 'openclaw-control-ui', mode: 'ui', version: '1.0.0', platform: 'web' },
      role: 'node',
    },
    headers: REMOTE,
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  {
    name: 'a device without a credential',
    device,
    headers: REMOTE,
    message: `unauthorized: gateway token missing (${CLI_HINT})`,
    details: auth('AUTH_TOKEN_MISSING', 'token_missing', 'update_auth_configuration'),
  },
  {
    name: 'a device without a credential, by password',
    policy: password,
    device,
    headers: REMOTE,
    message:
      'unauthorized: gateway password missing (set gateway.remote.password to match gateway.auth.password)',
    details: auth('AUTH_PASSWORD_MISSING', 'password_missing', 'update_auth_configuration'),
  },
  {
    name: 'a device without a credential where there is no secret',
    policy: { mode: 'none', secrets: [] },
    device,
    headers: REMOTE,
    message: 'unauthorized',
    details: auth('AUTH_REQUIRED', undefined, 'review_auth_configuration'),
  },
  {
    name: 'a wrong token from a command line elsewhere',
    params: { auth: { token: 'wrong' } },
    headers: REMOTE,
    message: `unauthorized: gateway token mismatch (${CLI_HINT})`,
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a wrong token from a command line here',
    policy: { allowLocalDirect: false },
    params: { auth: { token: 'wrong' } },
    message:
      "unauthorized: gateway token mismatch (use this gateway's gateway.auth.token or pair the device)",
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a wrong token from the page, which sends it in two fields',
    params: {
      client: { id: 'openclaw-control-ui', version: '1', platform: 'web', mode: 'webchat' },
      auth: { token: 'wrong', password: 'wrong' },
    },
    headers: REMOTE,
    message:
      'unauthorized: gateway token mismatch (open the dashboard URL and paste the token in Control UI settings)',
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a wrong token from any other client',
    params: {
      client: { id: 'gateway-client', version: '1', platform: 'linux', mode: 'backend' },
      auth: { token: 'wrong' },
    },
    headers: REMOTE,
    message: 'unauthorized: gateway token mismatch (provide gateway auth token)',
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a wrong token beside a device, whose own token the client may try',
    params: { auth: { token: 'wrong' } },
    device,
    headers: REMOTE,
    message: `unauthorized: gateway token mismatch (${CLI_HINT})`,
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'retry_with_device_token', true),
  },
  {
    name: 'a wrong password',
    policy: password,
    params: { auth: { password: 'wrong' } },
    headers: REMOTE,
    message:
      'unauthorized: gateway password mismatch (set gateway.remote.password to match gateway.auth.password)',
    details: auth('AUTH_PASSWORD_MISMATCH', 'password_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a token where none is configured',
    policy: { secrets: [] },
    params: { auth: { token: 'any' } },
    headers: REMOTE,
    message: 'unauthorized: gateway token not configured on gateway (set gateway.auth.token)',
    details: auth('AUTH_TOKEN_NOT_CONFIGURED', 'token_missing_config', 'update_auth_configuration'),
  },
  {
    name: 'a password where none is configured',
    policy: { secrets: [] },
    params: { auth: { password: 'any' } },
    headers: REMOTE,
    message: 'unauthorized: gateway password not configured on gateway (set gateway.auth.password)',
    details: auth(
      'AUTH_PASSWORD_NOT_CONFIGURED',
      'password_missing_config',
      'update_auth_configuration',
    ),
  },
  ...['ocd_0123', 'another gateway’s'].map((deviceToken): Row => ({
    name: `a device token of no device: ${deviceToken}`,
    params: { auth: { deviceToken } },
    device,
    headers: REMOTE,
    message: 'unauthorized: device token mismatch (rotate/reissue device token)',
    details: auth(
      'AUTH_DEVICE_TOKEN_MISMATCH',
      'device_token_mismatch',
      'review_auth_configuration',
    ),
  })),
  {
    name: 'a setup code of no setup',
    params: { auth: { bootstrapToken: 'abc' } },
    device,
    headers: REMOTE,
    message:
      'unauthorized: setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)',
    details: auth(
      'AUTH_BOOTSTRAP_TOKEN_INVALID',
      'bootstrap_token_invalid',
      'review_auth_configuration',
    ),
    close: {
      code: 1008,
      reason:
        'unauthorized: setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)'.slice(
          0,
          120,
        ),
    },
  },
  {
    name: 'an API key that nobody made',
    policy: { apiKeysEnabled: true },
    params: { auth: { token: `sk-${'0'.repeat(40)}` } },
    headers: REMOTE,
    message: 'unauthorized: API key not accepted (check the key)',
    details: auth('AUTH_TOKEN_MISMATCH', 'token_mismatch', 'update_auth_credentials'),
  },
  {
    name: 'a session that is none',
    params: { auth: { sessionProof: 'proof' } },
    headers: { ...REMOTE, cookie: 'openclaw_session=abc' },
    message: 'unauthorized: session not accepted (log in again)',
    details: auth('AUTH_UNAUTHORIZED', 'unauthorized', 'review_auth_configuration'),
  },
  {
    name: 'a proxy that is not ours: only a category is told',
    policy: trustedProxy,
    message: 'unauthorized',
    details: auth('AUTH_UNAUTHORIZED', 'unauthorized', 'review_auth_configuration'),
  },
  {
    name: 'the token where people come through a proxy',
    policy: trustedProxy,
    params: { auth: { token: TOKEN } },
    headers: REMOTE,
    message: 'unauthorized',
    details: auth('AUTH_UNAUTHORIZED', 'unauthorized', 'review_auth_configuration'),
  },
  {
    name: 'Tailscale headers from no tailscaled: only a category is told',
    policy: { tailscale: 'enabled' },
    headers: {
      'tailscale-user-login': 'alice@example.com',
      'x-forwarded-for': '100.64.0.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'claw.ts.net',
    },
    message: 'unauthorized',
    details: auth('AUTH_UNAUTHORIZED', 'unauthorized', 'review_auth_configuration'),
  },
  {
    name: 'a node without a device, with the right token',
    params: { auth: { token: TOKEN }, role: 'node' },
    headers: REMOTE,
    code: 'NOT_PAIRED',
    message: 'device identity required',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
]

describe('a refused connect (PROTOCOL 2.8)', () => {
  it.each(MATRIX)(
    '$name',
    async ({ policy, params, headers, device: shown, code, message, details, close }) => {
      const gateway = await start({ ...(policy !== undefined && { policy }) })
      const refused = await refusal(gateway.port, {
        ...(params !== undefined && { params }),
        ...(headers !== undefined && { headers }),
        ...(shown !== undefined && { device: shown }),
      })
      expect(refused).toEqual({
        code: code ?? 'INVALID_REQUEST',
        message,
        ...(details !== undefined && { details }),
        close: close ?? { code: 1008, reason: message },
      })
      expect(gateway.written.map(({ operation, outcome }) => [operation, outcome])).toEqual([
        ['connect', 'refused'],
      ])
      expect(gateway.surface.counts).toEqual({ live: 0, waiting: 0 })
    },
  )
})
