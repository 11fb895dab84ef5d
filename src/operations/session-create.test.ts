/** Logging in and out: every way that says no, and what a browser is given when it may come in. */
import { describe, expect, it } from 'vitest'
import { LoginLinks, type LoginGrant } from '../access/login-links.ts'
import { ALL_SCOPES } from '../access/scopes.ts'
import type { WebSession } from '../access/types.ts'
import { LiveWebSessions } from '../access/web-sessions.ts'
import { Secret } from '../core/secret.ts'
import { SetsCookie } from './cookies.ts'
import { HeldRefusal } from './held.ts'
import { sessionCreate, type SecretAnswer } from './session-create.ts'
import { sessionDelete } from './session-delete.ts'
import { loginLinkCreate } from './login-link-create.ts'
import { operatorCall } from './operator-call.fixture.ts'
import { Refusal, type Call, type Operation } from './types.ts'

const NOW = 1_800_000_000_000
const OWNER: LoginGrant = {
  principal: {
    kind: 'owner',
    id: 'owner',
    displayName: 'Owner',
    role: 'operator',
    scopes: ALL_SCOPES,
    credentialId: null,
  },
  madeBy: null,
}

function callOf(principal = OWNER.principal): Call {
  return { ...operatorCall(), principal }
}

function bench(answer: SecretAnswer = { kind: 'ok', ...OWNER }) {
  const seen = { charged: 0, heldMs: 0, judged: '', diskFull: false }
  const links = new LoginLinks()
  const sessions = new LiveWebSessions(
    {
      saved: [],
      store: {
        async save() {
          if (seen.diskFull) throw new Error('disk full')
        },
      },
      rules: () => ({ idleMs: 7_200_000, maxConcurrent: 10 }),
      onEnded: () => undefined,
      onWriteError: () => undefined,
    },
    NOW,
  )
  const clock = () => NOW
  const create = sessionCreate({
    links,
    sessions,
    clock,
    async authenticateSecret(secret) {
      seen.judged = secret.reveal()
      return answer
    },
    guessesOf: async () => ({
      heldForMs: () => seen.heldMs,
      async charge() {
        seen.charged += 1
      },
    }),
  })
  return { seen, links, sessions, clock, create }
}

async function ask(operation: Operation, input: unknown, call = callOf()): Promise<unknown> {
  return operation.run(operation.input.parse(input), call)
}

async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof Refusal) return error
  throw new Error('it was not refused', { cause: error })
}

function given(output: unknown) {
  if (!(output instanceof SetsCookie) || output.cookie.value === null) throw new Error('no cookie')
  return { id: output.cookie.value, maxAgeMs: output.cookie.maxAgeMs, body: output.body }
}

describe('session.create', () => {
  it('R67: exchanges a login link once', async () => {
    const { create, links, sessions, seen } = bench()
    const { code } = links.create(OWNER, NOW)
    const { id, body } = given(await ask(create, { link: code.reveal() }))
    expect(sessions.find(id.digest())?.principal).toEqual(OWNER.principal)
    expect(body).toMatchObject({
      principal: { kind: 'owner', id: 'owner' },
      expiresInMs: 7_200_000,
    })
    const again = await refusalOf(ask(create, { link: code.reveal() }))
    expect(again.reason).toBe('login_link_invalid')
    expect(seen.charged).toBe(1)
  })

  it('hands the proof out here and keeps its digest', async () => {
    const { create, links, sessions } = bench()
    const { code } = links.create(OWNER, NOW)
    const { id, body } = given(await ask(create, { link: code.reveal() }))
    const { proof } = body as { proof: string }
    expect(sessions.find(id.digest())?.proofDigest).toBe(new Secret(proof).digest())
    expect(proof).not.toBe(id.reveal())
  })

  it('lets the same link in again when the session could not be kept', async () => {
    const { create, links, seen } = bench()
    const { code } = links.create(OWNER, NOW)
    seen.diskFull = true
    await expect(ask(create, { link: code.reveal() })).rejects.toThrow('disk full')
    seen.diskFull = false
    given(await ask(create, { link: code.reveal() }))
    expect(seen.charged).toBe(0)
  })

  it('lets one of two in that use a link at the same time', async () => {
    const { create, links } = bench()
    const { code } = links.create(OWNER, NOW)
    const both = await Promise.allSettled([
      ask(create, { link: code.reveal() }),
      ask(create, { link: code.reveal() }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('does not look at links of an address that is held, and says for how long', async () => {
    const { create, links, seen } = bench()
    const { code } = links.create(OWNER, NOW)
    seen.heldMs = 2500
    const held = await refusalOf(ask(create, { link: code.reveal() }))
    expect(held).toBeInstanceOf(HeldRefusal)
    expect(held).toMatchObject({ reason: 'locked', retryAfterMs: 2500 })
    seen.heldMs = 0
    given(await ask(create, { link: code.reveal() }))
  })

  it('takes a secret that the server accepts, and ends with it', async () => {
    const madeBy = 'a'.repeat(64)
    const { create, sessions, seen } = bench({ kind: 'ok', principal: OWNER.principal, madeBy })
    const { id } = given(await ask(create, { secret: 'a token' }))
    expect(seen.judged).toBe('a token')
    expect(sessions.find(id.digest())?.madeBy).toBe(madeBy)
  })

  it('says the same whatever was wrong', async () => {
    const byLink = await refusalOf(ask(bench().create, { link: 'wrong' }))
    const refused = { kind: 'refused', reason: 'api_key_expired', retryAfterMs: 0 } as const
    const bySecret = await refusalOf(ask(bench(refused).create, { secret: 'sk-old' }))
    expect(bySecret.reason).toBe('api_key_expired')
    expect(bySecret.message).toBe(byLink.message)
    expect(bySecret.message).not.toContain('sk-old')
  })

  it('passes on that the server holds secrets of this address', async () => {
    const locked = { kind: 'refused', reason: 'locked', retryAfterMs: 9000 } as const
    const held = await refusalOf(ask(bench(locked).create, { secret: 'x' }))
    expect(held).toMatchObject({ reason: 'locked', retryAfterMs: 9000 })
  })

  it.each([
    ['nothing', {}],
    ['both', { link: 'a', secret: 'b' }],
    ['an empty secret', { secret: '' }],
    ['a number', { secret: 5 }],
    ['a long story', { secret: 'x'.repeat(4097) }],
    ['something else', { secret: 'x', gatewayUrl: 'wss://evil.example' }],
  ])('refuses %s before anything is judged', (_name, input) => {
    expect(bench().create.input.safeParse(input).success).toBe(false)
  })

  it('holds what was sent as a secret from the first moment', () => {
    const parsed = bench().create.input.parse({ secret: 'hunter2-hunter2' })
    expect(JSON.stringify(parsed)).not.toContain('hunter2')
  })
})

describe('session.delete', () => {
  async function loggedInTwice() {
    const { sessions, clock } = bench()
    const here = await sessions.open(OWNER, NOW)
    const there = await sessions.open(OWNER, NOW)
    const credentialId = `session:${here.session.idDigest}`
    const call = callOf({ ...OWNER.principal, credentialId })
    const find = ({ session }: { session: WebSession }) => sessions.find(session.idDigest)
    return { operation: sessionDelete({ sessions, clock }), call, find, here, there }
  }

  it('ends this session and takes its cookie away', async () => {
    const { operation, call, find, here, there } = await loggedInTwice()
    const output = await ask(operation, {}, call)
    expect(output).toMatchObject({ cookie: { value: null, maxAgeMs: 0 }, body: { ended: 1 } })
    expect(find(here)).toBeNull()
    expect(find(there)).not.toBeNull()
  })

  it.each([true, 'true'])('ends all of them with everywhere=%s', async (everywhere) => {
    const { operation, call, find, here, there } = await loggedInTwice()
    expect(await ask(operation, { everywhere }, call)).toMatchObject({ body: { ended: 2 } })
    expect([find(here), find(there)]).toEqual([null, null])
  })

  it('leaves the others alone with everywhere=false', async () => {
    const { operation, call, find, there } = await loggedInTwice()
    await ask(operation, { everywhere: 'false' }, call)
    expect(find(there)).not.toBeNull()
  })
})

describe('login-link.create', () => {
  it('R10, R15: makes a link that is its maker, and ends with the same secret', async () => {
    const { links, sessions, clock, create } = bench()
    const token = { ...OWNER.principal, kind: 'shared' as const, credentialId: 'a'.repeat(64) }
    const operation = loginLinkCreate({
      links,
      clock,
      makerOf: (principal) => sessions.makerOf(principal),
      baseUrl: () => 'http://127.0.0.1:18789',
    })
    const made = (await ask(operation, {}, callOf(token))) as { url: string; expiresAt: number }
    expect(made.expiresAt).toBe(NOW + 600_000)
    const link = made.url.replace('http://127.0.0.1:18789/#login=', '')
    const { id } = given(await ask(create, { link }))
    expect(sessions.find(id.digest())).toMatchObject({
      principal: { kind: 'shared', credentialId: null },
      madeBy: 'a'.repeat(64),
    })
  })

  it('needs an admin', () => {
    const { links, clock } = bench()
    const parts = { links, clock, makerOf: () => null, baseUrl: () => 'http://127.0.0.1:1' }
    expect(loginLinkCreate(parts).requires).toBe('operator.admin')
  })
})
