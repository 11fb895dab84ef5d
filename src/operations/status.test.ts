import { describe, expect, it } from 'vitest'
import { operatorCall, runOperation } from './operator-call.fixture.ts'
import { status, type GatewayFacts } from './status.ts'

const FACTS: GatewayFacts = {
  version: '0.1.0',
  pid: 42,
  startedAt: 1000,
  uptimeMs: 500,
  listening: [
    { listener: 'tcp', address: '127.0.0.1', port: 18789 },
    { listener: 'owner', address: '/home/me/.openclaw/gateway.sock', port: null },
  ],
  bind: 'loopback',
  mode: 'token',
  allowLocalDirect: true,
  secrets: [
    { setting: 'gateway.auth.token', source: 'openclaw.json', fingerprint: 'sha256:1a2b3c4d' },
  ],
  configPath: '/home/me/.openclaw/openclaw.json',
  stateDir: '/home/me/.openclaw',
  recordWritable: true,
  configError: null,
  connections: 3,
  agents: ['main'],
  warnings: [],
}
const STORE = {
  path: 'store.sqlite',
  count: 2,
  recent: [{ key: 'agent:main:main', updatedAt: 1, age: 2 }],
}
const operation = status({
  facts: () => FACTS,
  sessions: async () => ({
    byAgent: [{ agentId: 'main', name: 'Main', isDefault: true, sessions: STORE }],
    all: STORE,
  }),
})

describe('status', () => {
  it('says where it listens, how it decides and where each secret came from', async () => {
    const { mode, allowLocalDirect, secrets, ...rest } = FACTS
    expect(await runOperation(operation)).toMatchObject({
      ...rest,
      auth: { mode, allowLocalDirect, secrets },
    })
  })

  it('counts conversations in the words of the wire clients, which stop where they are missing', async () => {
    expect(await runOperation(operation, {}, operatorCall(['operator.read']))).toMatchObject({
      channelSummary: [],
      sessions: { count: 2, byAgent: [{ agentId: 'main', ...STORE }] },
    })
  })

  it('tells a reader neither paths nor modes nor fingerprints', async () => {
    const answer = JSON.stringify(
      await runOperation(operation, {}, operatorCall(['operator.read'])),
    )
    for (const hidden of ['/home/me', 'sha256:', '"token"', 'allowLocalDirect'])
      expect(answer).not.toContain(hidden)
    expect(answer).toContain('18789')
  })

  it('accepts what the wire clients send', async () => {
    await runOperation(operation, { includeChannelSummary: false })
    await runOperation(operation, { includeChannelSummary: 'false', includeCliProjection: true })
  })

  it('refuses what nobody sends', async () => {
    await expect(runOperation(operation, { everything: true })).rejects.toThrow()
  })
})
