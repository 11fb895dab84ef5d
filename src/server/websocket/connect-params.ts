/** What a client says of itself in `connect`: a closed object (PROTOCOL 2.2). */
import { z } from 'zod'
import { describeIssues } from '../invalid-input.ts'

const MAX_TEXT = 512
const MAX_LIST = 256
const MAX_SECRET = 4096

const text = z.string().min(1).max(MAX_TEXT)
const list = z.array(text).max(MAX_LIST)
const secret = z.string().max(MAX_SECRET)

const client = z.strictObject({
  id: oneOf([
    'webchat-ui',
    'openclaw-control-ui',
    'openclaw-browser-copilot',
    'openclaw-tui',
    'webchat',
    'cli',
    'gateway-client',
    'openclaw-macos',
    'openclaw-linux',
    'openclaw-ios',
    'openclaw-watchos',
    'openclaw-android',
    'node-host',
    'openclaw-worker',
    'test',
    'fingerprint',
    'openclaw-probe',
  ]),
  version: text,
  platform: text,
  mode: oneOf(['webchat', 'cli', 'ui', 'backend', 'node', 'worker', 'probe', 'test']),
  displayName: text.optional(),
  buildId: z.string().min(1).max(96).optional(),
  deviceFamily: text.optional(),
  modelIdentifier: text.optional(),
  timeZone: z.string().min(1).max(64).optional(),
  instanceId: text.optional(),
})

/**
 * `approvalRuntimeToken` is read by nobody here, and its client is content with less. Its sibling
 * `agentRuntimeIdentityToken` narrows what a client may do, so dropping it would widen: it is refused,
 * and its clients then give up by themselves.
 */
const auth = z.strictObject({
  token: secret.optional(),
  password: secret.optional(),
  deviceToken: secret.optional(),
  bootstrapToken: secret.optional(),
  approvalRuntimeToken: secret.optional(),
  /** With the session cookie of the upgrade: a web session (SPEC 7). */
  sessionProof: secret.optional(),
})

const device = z.strictObject({
  id: text,
  publicKey: text,
  signature: text,
  signedAt: z.int().min(0),
  nonce: text,
})

const schema = z.strictObject({
  minProtocol: z.int().min(1),
  maxProtocol: z.int().min(1),
  client,
  role: text.optional(),
  scopes: list.optional(),
  caps: list.optional(),
  commands: list.optional(),
  permissions: z.record(z.string(), z.boolean()).optional(),
  pathEnv: z.string().optional(),
  device: device.optional(),
  auth: auth.optional(),
  locale: z.string().optional(),
  userAgent: z.string().optional(),
  computerUse: z.unknown().optional(),
  workerRuns: z.unknown().optional(),
  modelCatalog: z.unknown().optional(),
})

export type ConnectParams = z.output<typeof schema>

export type ParsedConnect =
  | { readonly kind: 'params'; readonly params: ConnectParams }
  | { readonly kind: 'invalid'; readonly message: string }

export function parseConnect(input: unknown): ParsedConnect {
  const heavy = oversized(input)
  if (heavy !== null) return invalid(heavy)
  const parsed = schema.safeParse(input)
  if (parsed.success) return { kind: 'params', params: parsed.data }
  return invalid(describeIssues(parsed.error))
}

const MAX_MESSAGE = 400

function invalid(detail: string): ParsedConnect {
  return { kind: 'invalid', message: `invalid connect params: ${detail}`.slice(0, MAX_MESSAGE) }
}

/** A stranger's frame of ten thousand wrong list members would cost ten thousand complaints. */
function oversized(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return 'at root: must be object'
  for (const [name, value] of Object.entries(input)) {
    if (!LISTS.has(name) || typeof value !== 'object' || value === null) continue
    if (Object.keys(value).length > MAX_LIST)
      return `at /${name}: must not have more than ${MAX_LIST} items`
  }
  return null
}

const LISTS: ReadonlySet<string> = new Set(['scopes', 'caps', 'commands', 'permissions'])

function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: 'must be equal to one of the allowed values' })
}
