import { expect, test } from 'vitest'
import { Throttle } from '../access/throttle.ts'
import { accessWith, NEIGHBOUR, presenting, TOKEN } from '../access/scene.fixture.ts'
import type { Decision, PeerOwner } from '../access/types.ts'
import type { Connection } from './connection.ts'
import type { Gateway } from './gateway.ts'
import { identify } from './identify.ts'

function connection(): Connection {
  const end = { address: '127.0.0.1', port: 1 }
  return {
    listener: 'tcp',
    remote: end,
    local: end,
    loopback: true,
    owner: null,
    knownOwner: null,
    presented: null,
  }
}

/** A gateway as far as `identify` looks; everybody waits for one look at the kernel's table. */
function gatewayOf(owner: Promise<PeerOwner>) {
  const throttle = new Throttle({
    settings: { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 },
    steady: () => 0,
    wall: () => 0,
    journal: { append: async () => {} },
  })
  const access = accessWith({}, { limits: throttle })
  const notes: string[] = []
  const gateway = {
    access: () => access,
    generation: () => 0,
    guesses: throttle,
    facts: { peerOwner: () => owner, tailnet: async () => ({ kind: 'unknown-address' }) },
    locks: { created: (address: string) => notes.push(`locked ${address}`) },
    clock: () => 0,
    onAllowed: () => {},
    onTurnedAway: () => {},
  } as unknown as Gateway
  return { gateway, notes }
}

const codeOf = (decision: Decision): string =>
  decision.kind === 'denied' ? decision.code : decision.method
const many = (count: number, secret: string, gateway: Gateway) =>
  Promise.all(
    Array.from({ length: count }, async (_, n) =>
      codeOf(
        await identify({ ...NEIGHBOUR, ...presenting(`${secret}${n}`) }, connection(), gateway),
      ),
    ),
  )

test('R24: guesses that wait for one look at the kernel are counted one by one', async () => {
  const look = Promise.withResolvers<PeerOwner>()
  const { gateway, notes } = gatewayOf(look.promise)
  const answers = many(40, 'guess', gateway)
  look.resolve({ kind: 'uid', uid: 65_534 })
  const codes = await answers
  expect(codes.filter((code) => code === 'token_mismatch')).toHaveLength(10)
  expect(codes.filter((code) => code === 'locked')).toHaveLength(30)
  expect(notes).toEqual(['locked 127.0.0.1'])
})

test('the owner is never locked, and has five wrong guesses a second', async () => {
  const { gateway, notes } = gatewayOf(Promise.resolve({ kind: 'uid', uid: 1000 }))
  expect(await many(40, 'guess', gateway)).toEqual(Array.from({ length: 40 }, () => 'local'))
  expect(notes).toEqual([])
  expect(
    codeOf(await identify({ ...NEIGHBOUR, ...presenting(TOKEN) }, connection(), gateway)),
  ).toBe('local')
})

test('a success forgives what came before, unless something wrong came with it', async () => {
  const { gateway } = gatewayOf(Promise.resolve({ kind: 'none' }))
  const ask = async (...secrets: string[]) =>
    codeOf(await identify({ ...NEIGHBOUR, ...presenting(...secrets) }, connection(), gateway))
  await many(9, 'guess', gateway)
  expect(await ask(TOKEN)).toBe('token')
  await many(9, 'guess', gateway)
  expect(await ask(TOKEN, 'guess')).toBe('token')
  expect(await ask(TOKEN)).toBe('locked')
})

test('R24: several guesses in one request count one by one', async () => {
  const { gateway } = gatewayOf(Promise.resolve({ kind: 'none' }))
  const guesses = Array.from({ length: 15 }, (_, n) => `guess${n}`)
  const decision = await identify(
    { ...NEIGHBOUR, ...presenting(...guesses) },
    connection(),
    gateway,
  )
  expect(decision.failures).toHaveLength(10)
  expect(codeOf(decision)).toBe('locked')
})
