import { describe, expect, it } from 'vitest'
import { SecretUsage } from '../access/usage.ts'
import { runOperation } from './operator-call.fixture.ts'
import {
  NOW,
  OLD,
  NEW,
  VARIABLE,
  ONE,
  BOTH,
  FROM_ENVIRONMENT,
  PASSWORD,
  settingsOf,
  client,
  used,
  connectionsOf,
  brownoutOf,
} from './token-rotation.fixture.ts'
import type { TokenConnection, TokenSlots } from './token-rotation.ts'
import { tokenStatus } from './token-status.ts'

describe('token status', () => {
  const statusOf = (
    slots: TokenSlots,
    usage = new SecretUsage(),
    open: readonly TokenConnection[] = [],
    brownout = brownoutOf(),
  ) =>
    runOperation(
      tokenStatus({
        settings: settingsOf(slots),
        usage,
        connections: connectionsOf(...open),
        brownout,
        deviceName: () => null,
        sessionsOf: () => [],
        now: () => NOW,
      }),
    )

  it('lists which clients used which fingerprint when, latest first', async () => {
    const usage = used(
      [client('192.0.2.1', OLD), NOW - 5000],
      [client('192.0.2.2', NEW), NOW - 1000],
    )
    expect(await statusOf(BOTH, usage)).toEqual({
      mode: 'token',
      primary: { fingerprint: OLD, source: 'openclaw.json', lastUsedAt: NOW - 5000 },
      secondary: { fingerprint: NEW, source: 'openclaw.json', lastUsedAt: NOW - 1000 },
      clients: [
        {
          ...client('192.0.2.2', NEW),
          lastUsedAt: NOW - 1000,
          uses: 1,
          connected: false,
          deviceName: null,
        },
        {
          ...client('192.0.2.1', OLD),
          lastUsedAt: NOW - 5000,
          uses: 1,
          connected: false,
          deviceName: null,
        },
      ],
      sessions: [],
      brownout: null,
      rotation: { running: true, stragglers: 1, ready: false, rotatable: true },
    })
  })

  it('shows an open connection as used now', async () => {
    const usage = used([client('192.0.2.1', OLD), 1000], [client('192.0.2.1', OLD), 2000])
    expect(
      await statusOf(ONE, usage, [client('192.0.2.1', OLD), client('192.0.2.3', OLD)]),
    ).toMatchObject({
      clients: [
        { address: '192.0.2.1', lastUsedAt: NOW, uses: 2, connected: true },
        { address: '192.0.2.3', lastUsedAt: NOW, uses: 1, connected: true },
      ],
      rotation: { running: false, ready: false },
    })
  })

  it('is ready when a rotation runs and the old token was idle for an hour', async () => {
    expect(await statusOf(BOTH, used([client('192.0.2.1', OLD), 1]))).toMatchObject({
      rotation: { running: true, stragglers: 0, ready: true },
    })
  })

  it('shows a brown-out while it refuses anybody', async () => {
    const shown = (slots: TokenSlots, fingerprint: string) =>
      statusOf(slots, new SecretUsage(), [], brownoutOf({ fingerprint, until: NOW + 1 }))
    expect(await shown(BOTH, OLD)).toMatchObject({ brownout: { fingerprint: OLD } })
    // The second token was taken back, or the first one is another by now.
    expect(await shown(ONE, OLD)).toMatchObject({ brownout: null })
    expect(await shown(BOTH, 'sha256:00000000')).toMatchObject({ brownout: null })
  })

  it('names the source of a token that is not in the config file', async () => {
    expect(await statusOf(FROM_ENVIRONMENT)).toMatchObject({
      primary: { source: VARIABLE.kind === 'elsewhere' ? VARIABLE.name : '' },
    })
  })

  it('says that there is none outside token mode', async () => {
    expect(await statusOf(PASSWORD)).toMatchObject({
      mode: 'password',
      primary: null,
      secondary: null,
      clients: [],
    })
  })
})
