/** The page's calls: where they go, what they carry, and what each refusal means. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createApi, type Api } from './api.ts'
import { tabProof, type Proof } from './proof.ts'

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

const at: { api: Api; proof: Proof; sent: Sent[]; loggedOut: number; answers: Answering[] } = {
  api: {} as Api,
  proof: {} as Proof,
  sent: [],
  loggedOut: 0,
  answers: [],
}
type Answering = () => Response

beforeEach(() => {
  at.sent = []
  at.loggedOut = 0
  at.answers = []
  at.proof = tabProof(memoryStorage(), { post: () => undefined, listen: () => undefined })
  at.api = createApi({
    proof: at.proof,
    onLoggedOut: () => void (at.loggedOut += 1),
    async fetch(url, init) {
      at.sent.push({ url, init })
      const answer = at.answers.shift()
      if (answer === undefined) throw new TypeError('network error')
      return answer()
    },
  })
})

function memoryStorage(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: () => null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  }
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Answering {
  return () => new Response(JSON.stringify(value), { status, headers })
}
const ME = {
  principal: { kind: 'owner', id: 'owner', displayName: 'Owner', role: 'operator', scopes: [] },
  method: 'session',
  clientAddress: '127.0.0.1',
}
const headersOf = ({ init }: Sent) => new Headers(init.headers)

describe('calls', () => {
  it('R01: every call goes to the page’s own origin and cannot leave it', async () => {
    const { api } = at
    await api.whoami()
    await api.login({ secret: 's' })
    await api.logout('everywhere')
    await api.history()
    await api.stop('r1')
    await api.send('hello', new AbortController().signal)
    expect(at.sent).toHaveLength(6)
    for (const { url, init } of at.sent) {
      expect(url).toMatch(/^\/api\/v1\/[\w/?=-]+$/)
      expect(init).toMatchObject({
        mode: 'same-origin',
        redirect: 'error',
        credentials: 'same-origin',
      })
    }
  })

  it('R40: puts a secret into the body alone', async () => {
    await at.api.login({ secret: 'hunter2' })
    const [{ url, init } = { url: '', init: {} }] = at.sent
    expect(url).toBe('/api/v1/session')
    expect(init.body).toBe('{"secret":"hunter2"}')
    expect(JSON.stringify(init.headers)).not.toContain('hunter2')
  })

  it('adds the proof once there is one', async () => {
    at.answers = [json(200, ME), json(200, { proof: 'p1' }), json(200, ME)]
    await at.api.whoami()
    await at.api.login({ link: 'code' })
    await at.api.whoami()
    const proofs = at.sent.map((sent) => headersOf(sent).get('X-OpenClaw-Session-Proof'))
    expect(proofs).toEqual([null, null, 'p1'])
  })

  it('keeps no proof of a login that failed', async () => {
    at.answers = [json(401, { error: {} })]
    expect(await at.api.login({ link: 'used' })).toEqual({ kind: 'unauthenticated' })
    expect(at.proof.get()).toBeNull()
    expect(at.loggedOut).toBe(0)
  })
})

describe('refusals', () => {
  it('logs this tab out on 401', async () => {
    at.proof.keep('p1')
    at.answers = [json(401, { error: { message: 'Unauthorized.' } })]
    expect(await at.api.history()).toEqual({ kind: 'unauthenticated' })
    expect(at.proof.get()).toBeNull()
    expect(at.loggedOut).toBe(1)
  })

  it('asks again when another tab logged in meanwhile', async () => {
    at.proof.keep('old')
    const replaced = () => {
      at.proof.keep('new')
      return json(401, {})()
    }
    at.answers = [replaced, json(200, ME)]
    expect(await at.api.whoami()).toMatchObject({ kind: 'ok' })
    expect(at.sent.map((sent) => headersOf(sent).get('X-OpenClaw-Session-Proof'))).toEqual([
      'old',
      'new',
    ])
    expect(at.loggedOut).toBe(0)
  })

  it('says how long to wait', async () => {
    at.answers = [json(429, {}, { 'Retry-After': '300' })]
    expect(await at.api.login({ secret: 'x' })).toEqual({ kind: 'held', retryAfterMs: 300_000 })
  })

  it('passes on what the gateway says, with the id to ask about', async () => {
    const error = { type: 'forbidden', message: 'missing scope: operator.read', requestId: 'r-9' }
    at.answers = [json(403, { error })]
    expect(await at.api.history()).toEqual({
      kind: 'refused',
      status: 403,
      message: 'missing scope: operator.read',
      requestId: 'r-9',
    })
  })

  it('takes a refusal that is no JSON', async () => {
    at.answers = [() => new Response('<h1>Bad gateway</h1>', { status: 502 })]
    expect(await at.api.whoami()).toMatchObject({ kind: 'refused', status: 502 })
  })

  it.each([
    ['a login page of something in front', () => new Response('<h1>Log in</h1>')],
    ['JSON of something else', json(200, { hello: 'world' })],
  ])('takes %s for no login', async (_name, answer) => {
    at.answers = [answer, answer]
    expect(await at.api.whoami()).toMatchObject({ kind: 'refused' })
    expect(await at.api.login({ secret: 'x' })).toMatchObject({ kind: 'refused' })
    expect(at.proof.get()).toBeNull()
  })

  it('says when nobody answers', async () => {
    expect(await at.api.whoami()).toEqual({ kind: 'unreachable' })
  })
})

describe('logging out', () => {
  it('forgets the proof once the gateway has', async () => {
    at.proof.keep('p1')
    at.answers = [json(200, { ended: 1 })]
    expect(await at.api.logout('here')).toMatchObject({ kind: 'ok' })
    expect(at.sent[0]).toMatchObject({ url: '/api/v1/session', init: { method: 'DELETE' } })
    expect(at.proof.get()).toBeNull()
  })

  it('does not pretend when the gateway could not be told', async () => {
    at.proof.keep('p1')
    expect(await at.api.logout('everywhere')).toEqual({ kind: 'unreachable' })
    expect(at.proof.get()).toBe('p1')
  })
})
