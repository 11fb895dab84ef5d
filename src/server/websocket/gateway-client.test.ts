import { GatewayClient } from '@openclaw/gateway-client'
import { expect, it } from 'vitest'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

it('the reference client connects without a device, calls, and comes back after a lost socket', async () => {
  const gateway = await testGateway({ limits: { tickMs: 50 } })
  const hellos: { readonly protocol: number }[] = []
  const woken: (() => void)[] = []
  const events: string[] = []
  const client = new GatewayClient({
    url: `ws://127.0.0.1:${gateway.port}`,
    token: TOKEN,
    clientName: 'gateway-client',
    mode: 'backend',
    role: 'operator',
    scopes: ['operator.read'],
    deviceIdentity: null,
    onHelloOk: (hello) => {
      hellos.push(hello)
      for (const wake of woken.splice(0)) wake()
    },
    onEvent: ({ event }) => events.push(event),
  })
  const hello = (count: number): Promise<void> =>
    hellos.length >= count ? Promise.resolve() : new Promise((resolve) => void woken.push(resolve))
  client.start()
  await hello(1)
  expect(hellos[0]).toMatchObject({ protocol: 4, auth: { scopes: ['operator.read'] } })
  expect(await client.request('health', {})).toMatchObject({ ok: true })
  expect(await client.request('system-presence', {})).toMatchObject([
    { mode: 'gateway' },
    { mode: 'backend' },
  ])
  await expect(client.request('test.change', {})).rejects.toThrow('missing scope: operator.admin')

  gateway.gateway.bus.publish({
    event: 'chat',
    payload: {},
    scope: 'operator.read',
    droppable: false,
  })
  await gateway.surface.judgeAll()
  await client.request('health', {})
  expect(events).toContain('chat')

  const { policy } = gateway.rules.access
  gateway.rules.reload({ secrets: [] })
  await gateway.surface.judgeAll()
  gateway.rules.reload(policy)
  await hello(2)
  expect(await client.request('health', {})).toMatchObject({ ok: true })
  await client.stopAndWait()
  await gateway.stop()
}, 20_000)

it('the reference client stops trying when its token is wrong', async () => {
  const gateway = await testGateway({ policy: { allowLocalDirect: false } })
  const paused = await new Promise<{ readonly detailCode: string | null }>((resolve) => {
    const client = new GatewayClient({
      url: `ws://127.0.0.1:${gateway.port}`,
      token: 'wrong',
      deviceIdentity: null,
      onReconnectPaused: (info) => {
        client.stop()
        resolve(info)
      },
    })
    client.start()
  })
  expect(paused).toMatchObject({ code: 1008, detailCode: 'AUTH_TOKEN_MISMATCH' })
  await gateway.stop()
})
