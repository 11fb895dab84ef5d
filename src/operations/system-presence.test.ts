import { PresenceEntrySchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { expect, it } from 'vitest'
import { runOperation } from './operator-call.fixture.ts'
import { systemPresence, type PresenceEntry } from './system-presence.ts'

const GATEWAY: PresenceEntry = {
  ts: 1000,
  host: 'here',
  version: '0.1.0',
  platform: 'linux',
  mode: 'gateway',
  reason: 'self',
  text: 'Gateway',
}
const CLIENT: PresenceEntry = {
  ts: 2000,
  ip: '192.0.2.1',
  mode: 'cli',
  instanceId: 'c1',
  roles: ['operator'],
  scopes: ['operator.read'],
}

it('system-presence answers an array of what the protocol calls presence entries', async () => {
  const entries = await runOperation(systemPresence({ entries: () => [GATEWAY, CLIENT] }))
  expect(entries).toEqual([GATEWAY, CLIENT])
  expect(Check(PresenceEntrySchema, GATEWAY)).toBe(true)
  expect(Check(PresenceEntrySchema, CLIENT)).toBe(true)
  expect(Check(PresenceEntrySchema, { ...CLIENT, ip: '' })).toBe(false)
})
