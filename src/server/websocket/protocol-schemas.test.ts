import { validateConnectParams } from '@openclaw/gateway-protocol'
import {
  EventFrameSchema,
  HelloOkSchema,
  ResponseFrameSchema,
} from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { parseConnect } from './connect-params.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, BASE_PARAMS, REMOTE } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const withToken = (scopes: readonly string[] = ['operator.read']) => ({
  headers: REMOTE,
  params: { auth: { token: TOKEN }, scopes },
})

describe('on the wire', () => {
  it('every frame is one that the protocol knows', async () => {
    const gateway = await start({ limits: { tickMs: 50 } })
    const client = await admitted(gateway.port, withToken(ALL_SCOPES))
    await client.call('health')
    await client.call('nope')
    await client.call('system-presence')
    gateway.gateway.bus.publish({
      event: 'chat',
      payload: { state: 'final' },
      scope: 'operator.read',
      droppable: false,
    })
    await client.event('chat')
    await client.event('tick')
    for (const frame of client.frames) {
      const schema = frame.type === 'event' ? EventFrameSchema : ResponseFrameSchema
      expect(Check(schema, frame), JSON.stringify(frame)).toBe(true)
    }
  })

  it.each([
    { scopes: ['operator.admin'], sees: { presence: 2, health: true, stateDir: '/state' } },
    { scopes: ['operator.read'], sees: { presence: 2, health: true, stateDir: undefined } },
    { scopes: [], sees: { presence: 0, health: false, stateDir: undefined } },
  ])(
    'hello is one that the protocol knows, and shows $scopes no more than they may see',
    async ({ scopes, sees }) => {
      const gateway = await start()
      const client = await admitted(gateway.port, withToken(scopes))
      const hello = client.frames[1]?.payload
      // The schema of this version does not know `auth.method` yet; clients do.
      const { auth, ...rest } = z
        .looseObject({ auth: z.looseObject({ method: z.string() }) })
        .parse(hello)
      const { method, ...known } = auth
      expect(method).toBe('token')
      expect(Check(HelloOkSchema, { ...rest, auth: known })).toBe(true)
      const snapshot = z
        .object({
          snapshot: z.object({
            presence: z.array(z.unknown()),
            health: z.object({ ok: z.boolean().optional() }),
            stateDir: z.string().optional(),
          }),
        })
        .parse(hello).snapshot
      expect({
        presence: snapshot.presence.length,
        health: snapshot.health.ok === true,
        stateDir: snapshot.stateDir,
      }).toEqual(sees)
      expect(JSON.stringify(hello).length).toBeLessThan(2_000)
    },
  )

  it('connect takes whatever the protocol takes', () => {
    const full = {
      ...BASE_PARAMS,
      client: {
        id: 'openclaw-ios',
        version: '1',
        platform: 'ios',
        mode: 'ui',
        displayName: 'Phone',
        buildId: 'b',
        deviceFamily: 'iPhone',
        modelIdentifier: 'iPhone17,1',
        timeZone: 'Europe/Berlin',
        instanceId: 'i',
      },
      caps: ['tool-events'],
      commands: ['camera'],
      permissions: { camera: true },
      pathEnv: '/bin',
      computerUse: { any: 1 },
      locale: 'de',
      userAgent: 'x',
      device: { id: 'd', publicKey: 'k', signature: 's', signedAt: 0, nonce: 'n' },
      workerRuns: { bundleHash: 'a'.repeat(64), openclawVersion: '1', protocolFeatures: [] },
      auth: {
        token: 't',
        password: 'p',
        deviceToken: 'd',
        bootstrapToken: 'b',
        approvalRuntimeToken: 'a',
      },
    }
    expect(validateConnectParams(full)).toBe(true)
    expect(parseConnect(full).kind).toBe('params')
    expect(parseConnect({ ...full, modelCatalog: { agentId: 'main' } }).kind).toBe('params')
    expect(parseConnect({ ...full, auth: { sessionProof: 'p' } }).kind).toBe('params')
  })
})
