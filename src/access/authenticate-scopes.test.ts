import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { authenticate } from './authenticate.ts'
import { KEY, keyed, proxyMode, tailscale } from './rows.fixture.ts'
import {
  STRANGER,
  NEIGHBOUR,
  PROXIED,
  THROUGH_SERVE,
  FOREIGN_SOCKET,
  ALICE,
  TOKEN,
  NEXT_TOKEN,
  presenting,
  accessWith,
  decideWith,
  live,
  OWN_SOCKET,
} from './scene.fixture.ts'
import { NO_FACTS, type Access, type Evidence, type WebSession } from './types.ts'

const session: WebSession = {
  idDigest: new Secret('cookie').digest(),
  proofDigest: new Secret('proof').digest(),
  principal: {
    kind: 'shared',
    id: 'token',
    displayName: 'Gateway token',
    role: 'operator',
    scopes: ['operator.read'],
    credentialId: null,
  },
  madeBy: new Secret(TOKEN).digest(),
  createdAt: 0,
  lastSeenAt: 0,
}
const sessions = {
  idleMs: 1_000,
  find: (digest: string) => (digest === session.idDigest ? session : null),
}
const cookie = (value: string, proof: string): Pick<Evidence, 'credentials'> => ({
  credentials: [
    { class: 'session', secret: new Secret(value), sources: ['cookie'], proof: new Secret(proof) },
  ],
})
const judged = (
  value: string,
  proof: string,
  now: number,
  access = accessWith({}, { sessions }),
): string => {
  const decision = decideWith({ ...STRANGER, ...cookie(value, proof) }, NO_FACTS, access, now)
  return decision.kind === 'allowed' ? decision.method : decision.code
}

test('a web session is its cookie and its proof together, until it is idle too long or its secret is gone', () => {
  expect(judged('cookie', 'proof', 900)).toBe('session')
  expect(judged('cookie', 'other', 900)).toBe('session_unknown')
  expect(judged('other', 'proof', 900)).toBe('session_unknown')
  expect(judged('cookie', 'proof', 1_001)).toBe('session_expired')
  expect(
    judged('cookie', 'proof', 900, accessWith({ secrets: [live(NEXT_TOKEN)] }, { sessions })),
  ).toBe('session_secret_gone')
})

test('the kernel is asked only when the answer turns on it', () => {
  const needs = (evidence: Evidence, access = accessWith()) =>
    authenticate(evidence, NO_FACTS, access, 0).kind === 'need'
  expect(needs(NEIGHBOUR)).toBe(true)
  expect(needs({ ...NEIGHBOUR, ...presenting(TOKEN) })).toBe(false)
  expect(needs({ ...NEIGHBOUR, ...presenting('wrong') })).toBe(true)
  expect(needs(STRANGER)).toBe(false)
  expect(needs(NEIGHBOUR, accessWith({ allowLocalDirect: false }))).toBe(false)
})

test("guesses of the owner have an account of their own; a page's guesses count under its address", () => {
  const guess = { ...NEIGHBOUR, ...presenting('wrong') }
  expect(decideWith(guess, OWN_SOCKET, accessWith()).account).toBe('loopback')
  expect(decideWith(guess, FOREIGN_SOCKET, accessWith()).account).toBe('address')
  expect(decideWith(guess, OWN_SOCKET, accessWith({ exemptLoopback: false })).account).toBe(
    'address',
  )
  const page = { ...guess, browser: { ...guess.browser, origin: 'http://localhost:18789' } }
  expect(decideWith(page, OWN_SOCKET, accessWith()).account).toBe('address')
})

test("behind Serve everyone counts under their own address, once the socket is tailscaled's", () => {
  const guess = { ...THROUGH_SERVE, ...presenting('wrong') }
  expect(decideWith(guess, ALICE, tailscale).clientAddress).toBe('100.64.0.7')
  expect(decideWith(guess, { ...ALICE, ...FOREIGN_SOCKET }, tailscale).clientAddress).toBe(
    '127.0.0.1',
  )
})

test('R02: scopes come from what was granted; a caller can only ask for less', () => {
  const scopesOf = (evidence: Evidence, access: Access): readonly string[] => {
    const decision = decideWith(evidence, NO_FACTS, access)
    return decision.kind === 'allowed' ? decision.principal.scopes : []
  }
  const socket = { transport: 'websocket' as const }
  expect(
    scopesOf(
      {
        ...STRANGER,
        ...presenting(KEY),
        ...socket,
        requestedScopes: ['operator.admin', 'operator.read'],
      },
      keyed(),
    ),
  ).toEqual(['operator.read'])
  expect(
    scopesOf({ ...STRANGER, ...presenting(TOKEN), ...socket, requestedScopes: [] }, accessWith()),
  ).toEqual([])
  expect(
    scopesOf(
      {
        ...STRANGER,
        ...presenting(TOKEN),
        ...socket,
        requestedScopes: ['operator.write'],
        scopesHeader: [],
      },
      accessWith(),
    ),
  ).toEqual([])
  expect(
    scopesOf({ ...STRANGER, ...presenting(KEY), scopesHeader: ['operator.admin'] }, keyed()),
  ).toEqual(['operator.read'])
})

test('R05: a proxy user gets what the server grants, and may declare less', () => {
  const scopes = (policy: Partial<Access['policy']>, header: Evidence['scopesHeader']) => {
    const access = accessWith({ ...proxyMode.policy, ...policy })
    const decision = decideWith({ ...PROXIED, scopesHeader: header }, NO_FACTS, access)
    return decision.kind === 'allowed' ? decision.principal.scopes : null
  }
  const listed = new Map([['nick@example.com', ['operator.read'] as const]])
  expect(scopes({}, null)).toContain('operator.admin')
  expect(scopes({}, [])).toEqual([])
  expect(scopes({ identityScopes: listed }, null)).toEqual(['operator.read'])
  expect(scopes({ identityScopes: listed }, ['operator.admin'])).toEqual([])
  expect(scopes({ identityScopes: new Map() }, null)).toEqual(['operator.read', 'operator.write'])
})

test('no secret stands in a decision', () => {
  const decision = decideWith(
    { ...STRANGER, ...presenting(TOKEN, 'hunter2-hunter2') },
    NO_FACTS,
    accessWith(),
  )
  const text = JSON.stringify(decision)
  expect(text).not.toContain(TOKEN)
  expect(text).not.toContain('hunter2')
})
