import { describe, expect, it } from 'vitest'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { refusal, REMOTE } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

describe('a connect that is refused for now', () => {
  it('says when to come back after too many wrong guesses, and that waiting helps', async () => {
    const gateway = await start({ guesses: { maxAttempts: 2 } })
    const guess = () => refusal(gateway.port, { params: { auth: { token: 'x' } }, headers: REMOTE })
    await guess()
    await guess()
    const right = { params: { auth: { token: TOKEN } }, headers: REMOTE }
    const locked = await refusal(gateway.port, right)
    expect(locked).toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'unauthorized: too many failed authentication attempts (retry later)',
      details: {
        code: 'AUTH_RATE_LIMITED',
        authReason: 'rate_limited',
        canRetryWithDeviceToken: false,
        recommendedNextStep: 'wait_then_retry',
      },
      retryable: true,
      close: { code: 1008 },
    })
    expect(locked.retryAfterMs).toBeGreaterThan(290_000)
    expect(Number.isInteger(locked.retryAfterMs)).toBe(true)
  })

  it('asks for patience while the gateway starts', async () => {
    const gateway = await start({ started: () => false })
    expect(await refusal(gateway.port, { params: { auth: { token: TOKEN } } })).toEqual({
      code: 'UNAVAILABLE',
      message: 'gateway starting; retry shortly',
      details: { reason: 'startup-sidecars' },
      retryable: true,
      retryAfterMs: 500,
      close: { code: 1013, reason: 'gateway starting' },
    })
  })

  it('says nothing of a failure on our side, and records it', async () => {
    const gateway = await start({
      peerOwner: async () => {
        throw new Error('a secret detail')
      },
    })
    const refused = await refusal(gateway.port)
    expect(refused).toEqual({
      code: 'UNAVAILABLE',
      message: 'something went wrong on our side',
      retryable: true,
      close: { code: 1011, reason: '' },
    })
    expect(gateway.written.at(-1)).toMatchObject({ operation: 'connect', outcome: 'failed' })
    expect(gateway.logged.join()).toContain('a secret detail')
  })
})
