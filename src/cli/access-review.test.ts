import { expect, it } from 'vitest'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'

closeGatewaysAfterEach()

const held = (deviceId: string) => ({
  kind: 'device',
  ref: `device:${deviceId.slice(0, 12)}`,
  name: 'Attic',
  holds: ['operator'],
  lastUsedAt: null,
  idleMs: 1,
  command: `openclaw devices remove ${deviceId.slice(0, 12)}`,
  revoke: { method: 'device.pair.remove', params: { deviceId } },
})
const PHONE = '3f2a9c01b2d4'.padEnd(64, '0')
const TWIN = '3f2a9c01b2d4'.padEnd(64, '1')
const LAPTOP = 'aaaa9c01b2d4'.padEnd(64, '0')

it('takes nothing away by a name that two of them have', async () => {
  const review = { unusedMs: 1, notedSince: 0, unused: [PHONE, TWIN, LAPTOP].map(held) }
  const answers = { 'access.review': review, 'device.pair.remove': {} }
  const { openclaw, server } = await gateway(answers)
  const revoke = ['access', 'review', '--revoke', '--id']
  const { code, err } = await openclaw(...revoke, 'device:3f2a9c01b2d4')
  expect([code, err]).toEqual([1, expect.stringMatching(/2 of them.*nothing was taken away/)])
  expect(await openclaw(...revoke, 'device:aaaa9c01b2d4')).toMatchObject({ code: 0 })
  const removed = server.received.filter(({ method }) => method === 'device.pair.remove')
  expect(removed).toMatchObject([{ params: { deviceId: LAPTOP } }])
})
