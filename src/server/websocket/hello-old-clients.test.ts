import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestDevice } from '../../access/device.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const hello = z.looseObject({
  auth: z.looseObject({ scopes: z.array(z.string()), deviceToken: z.string() }),
})

/** What a device on this host is told after it asked for reading, and then for the right to pair. */
async function toldSecond(maxProtocol: number) {
  const gateway = await start()
  const device = new TestDevice()
  const ask = async (scopes: readonly string[]) => {
    const params = { scopes, maxProtocol, minProtocol: 3, auth: { token: TOKEN } }
    const client = await admitted(gateway.port, { device, params })
    const { auth } = hello.parse(client.frames[1]?.payload)
    await client.close()
    return auth
  }
  await ask(['operator.read'])
  return ask(['operator.pairing'])
}

describe('the scopes in hello', () => {
  it('are those of the token for clients of protocol 3, which keep them and ask for no others later', async () => {
    const { scopes } = await toldSecond(3)
    expect(scopes.toSorted()).toEqual(['operator.pairing', 'operator.read'])
  })

  it('are those of the connection for all others', async () => {
    const { scopes } = await toldSecond(4)
    expect(scopes).toEqual(['operator.pairing'])
  })
})
