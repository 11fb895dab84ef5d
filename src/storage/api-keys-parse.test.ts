/** Which API key files are accepted, what each key may do, and what a person is told of a mistake. */
import { describe, expect, test } from 'vitest'
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import { Secret } from '../core/secret.ts'
import { parseKeys } from './api-keys-parse.ts'

const KEY = 'sk-test-abcdefghijklmnopqrstuvwxyz0123456789'
const OTHER = 'sk-other-abcdefghijklmnopqrstuvwxyz012345678'

function parsed(text: string, strict = false) {
  return parseKeys(text, {
    strict,
    scopesOf: scopesOfPermissions,
    weakness: (key) => (key.length < 32 ? 'is too short' : null),
    fingerprint: () => 'hmac:00000000',
  })
}
function entry(members: object, strict = false) {
  const text = JSON.stringify({ keys: [{ id: 'a', key: KEY, permissions: ['read'], ...members }] })
  const answer = parsed(text, strict)
  if (answer.kind === 'malformed') throw new Error(answer.problem)
  return { ...answer.entries[0], warnings: answer.warnings }
}

test('S2: the example of the guide is read as it is written', () => {
  const text = `{
"keys": [
{
"id": "prod-key-1",
"key": "${KEY}",
"name": "Production Application",
"permissions": ["read", "write", "execute-actions"],
"created_at": "2026-02-13T00:00:00.000Z",
"expires_at": null,
"rate_limit": 1000
},
{
"id": "dev-key-1",
"key": "${OTHER}",
"name": "Development Access",
"permissions": ["read"],
"created_at": "2026-02-13T00:00:00.000Z",
"expires_at": "2026-03-13T00:00:00.000Z",
"rate_limit": 100
}
]
}`
  expect(parsed(text, true)).toMatchObject({
    kind: 'keys',
    warnings: [],
    entries: [
      {
        id: 'prod-key-1',
        name: 'Production Application',
        scopes: ['operator.read', 'operator.write', 'operator.tools'],
        expiresAt: null,
        revokedAt: null,
        rateLimit: 1000,
        digest: new Secret(KEY).digest(),
        plain: true,
        refused: false,
      },
      {
        id: 'dev-key-1',
        scopes: ['operator.read'],
        expiresAt: Date.UTC(2026, 2, 13),
        rateLimit: 100,
      },
    ],
  })
})

describe('permissions', () => {
  test.each<{ permissions: unknown; scopes: readonly string[]; warning: string | null }>([
    { permissions: ['read'], scopes: ['operator.read'], warning: null },
    { permissions: ['write'], scopes: ['operator.write'], warning: null },
    { permissions: ['execute-actions'], scopes: ['operator.tools'], warning: null },
    { permissions: [], scopes: [], warning: 'may do nothing' },
    { permissions: null, scopes: [], warning: 'may do nothing' },
    { permissions: undefined, scopes: [], warning: 'may do nothing' },
    { permissions: [''], scopes: [], warning: '"", which grants nothing' },
    { permissions: [' read '], scopes: [], warning: '" read ", which grants nothing' },
    {
      permissions: ['READ', 'read'],
      scopes: ['operator.read'],
      warning: '"READ", which grants nothing',
    },
    { permissions: ['*'], scopes: [], warning: '"*", which grants nothing' },
    {
      permissions: ['operator.admin', 'admin'],
      scopes: [],
      warning: '"operator.admin", which grants nothing',
    },
    {
      permissions: ['__proto__', 'constructor'],
      scopes: [],
      warning: '"__proto__", which grants nothing',
    },
  ])('R14: $permissions grants $scopes', ({ permissions, scopes, warning }) => {
    const read = entry({ permissions })
    expect(read.scopes).toEqual(scopes)
    expect(read.warnings.join()).toMatch(warning === null ? /^$/ : warning)
  })
})

describe('weak keys', () => {
  test('are warned of on plain loopback and refused anywhere else', () => {
    expect(entry({ key: 'sk-short' })).toMatchObject({ refused: false })
    expect(entry({ key: 'sk-short' }).warnings).toEqual([
      'line 1: API key "a" is too short: make a new one with `openclaw api-keys rotate a`',
    ])
    expect(entry({ key: 'sk-short' }, true)).toMatchObject({ refused: true })
    expect(entry({ key: 'sk-short' }, true).warnings.join()).toContain(
      'is too short and is refused',
    )
  })

  test('an example of the guide is known by its digest too', () => {
    const digest = new Secret('sk-prod-abcdefghijklmnopqrstuvwxyz1234567890').digest()
    expect(entry({ key: undefined, key_sha256: digest }, true)).toMatchObject({ refused: true })
  })
})

test('a stored digest is the same key, in either case of hex, and shown by its own fingerprint', () => {
  const digest = new Secret(KEY).digest()
  const read = entry({ key: undefined, key_sha256: digest.toUpperCase() })
  expect(read).toMatchObject({ digest, plain: false, fingerprint: `sha256:${digest.slice(0, 8)}` })
})

describe('a malformed file names the line, and never a key', () => {
  const line = (members: string) =>
    `{ "keys": [\n{ "id": "a", "key": "${KEY}" },\n{ "id": "b",\n${members} }\n] }`
  test.each<{ text: string; problem: string }>([
    {
      text: `{ "keys": [\n{ "id": "a" "key": "${KEY}" } ] }`,
      problem: 'line 2: not JSON: a comma or a closing } is missing',
    },
    { text: '[]', problem: 'line 1: it must be an object with a list "keys"' },
    { text: '{}', problem: 'line 1: keys is missing or no list' },
    { text: '{ "keys": {} }', problem: 'line 1: keys is missing or no list' },
    { text: '{ "keys": [\n7 ] }', problem: 'line 2: keys[0] is no object' },
    {
      text: line(`"name": "x"`),
      problem: 'line 3: keys[1] needs exactly one of key and key_sha256',
    },
    {
      text: line(`"key": "${OTHER}", "key_sha256": "${'0'.repeat(64)}"`),
      problem: 'line 3: keys[1] needs exactly one of key and key_sha256',
    },
    {
      text: line(`"key": ""`),
      problem:
        'line 4: keys[1].key is empty, or has a blank or a character that no header can carry',
    },
    {
      text: line(`"key": " ${OTHER}"`),
      problem:
        'line 4: keys[1].key is empty, or has a blank or a character that no header can carry',
    },
    { text: line(`"key": 7`), problem: 'line 4: keys[1].key is no string' },
    {
      text: line(`"key_sha256": "abc"`),
      problem: 'line 4: keys[1].key_sha256 is no SHA-256 in hex (64 characters)',
    },
    { text: line(`"key": "${KEY}"`), problem: 'line 3: "b" has the same key as another entry' },
    {
      text: line(`"key_sha256": "${new Secret(KEY).digest()}"`),
      problem: 'line 3: "b" has the same key as another entry',
    },
    {
      text: line(`"key": "${OTHER}", "id": "a"`),
      problem: 'line 4: not JSON: the same name stands twice in one object',
    },
    {
      text: `{ "keys": [\n{ "id": "a", "key": "${KEY}" },\n{ "id": "a", "key": "${OTHER}" } ] }`,
      problem: 'line 3: the id "a" stands twice',
    },
    {
      text: `{ "keys": [ { "id": "", "key": "${KEY}" } ] }`,
      problem:
        'line 1: keys[0].id may have letters, digits and . _ @ : + - only, and at most 128 of them',
    },
    {
      text: `{ "keys": [ { "key": "${KEY}" } ] }`,
      problem: 'line 1: keys[0].id is missing or no string',
    },
    {
      text: line(`"key": "${OTHER}",\n"permissions": "read"`),
      problem: 'line 5: keys[1].permissions is no list of strings',
    },
    {
      text: line(`"key": "${OTHER}",\n"permissions": ["read", 1]`),
      problem: 'line 5: keys[1].permissions[1] is no string',
    },
    {
      text: line(`"key": "${OTHER}",\n"expires_at": "2026-02-30"`),
      problem: 'line 5: keys[1].expires_at is no date: write "2026-12-31T00:00:00.000Z"',
    },
    {
      text: line(`"key": "${OTHER}",\n"expires_at": ""`),
      problem: 'line 5: keys[1].expires_at is no date: write "2026-12-31T00:00:00.000Z"',
    },
    {
      text: line(`"key": "${OTHER}",\n"expires_at": 1790000000`),
      problem: 'line 5: keys[1].expires_at is no date: write "2026-12-31T00:00:00.000Z"',
    },
    {
      text: line(`"key": "${OTHER}",\n"revoked_at": true`),
      problem: 'line 5: keys[1].revoked_at is no date: write "2026-12-31T00:00:00.000Z"',
    },
    {
      text: line(`"key": "${OTHER}",\n"rate_limit": 0`),
      problem: 'line 5: keys[1].rate_limit must be at least 1; null means no limit',
    },
    {
      text: line(`"key": "${OTHER}",\n"rate_limit": -5`),
      problem: 'line 5: keys[1].rate_limit must be at least 1; null means no limit',
    },
    {
      text: line(`"key": "${OTHER}",\n"rate_limit": "many"`),
      problem: 'line 5: keys[1].rate_limit is no whole number',
    },
    {
      text: line(`"key": "${OTHER}",\n"rate_limit": 1.5`),
      problem: 'line 5: keys[1].rate_limit is no whole number',
    },
    {
      text: line(`"key": "${OTHER}",\n"expiresAt": null`),
      problem: 'line 5: keys[1].expiresAt is no field: did you mean expires_at?',
    },
    {
      text: line(`"key": "${OTHER}",\n"Revoked": true`),
      problem: 'line 5: keys[1].Revoked is no field: did you mean revoked_at?',
    },
    {
      text: line(`"key": "${OTHER}",\n"rate-limit": 5`),
      problem: 'line 5: keys[1].rate-limit is no field: did you mean rate_limit?',
    },
  ])('$problem', ({ text, problem }) => {
    expect(parsed(text)).toEqual({ kind: 'malformed', problem })
  })
})

test("somebody else's fields do no harm", () => {
  expect(entry({ owner: 'ops', note: null, tags: [1] })).toMatchObject({ id: 'a', warnings: [] })
})
