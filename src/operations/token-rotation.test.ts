import { describe, expect, it } from 'vitest'
import { SecretUsage } from '../access/usage.ts'
import { newToken } from '../core/ids.ts'
import type { Secret } from '../core/secret.ts'
import { runOperation } from './operator-call.fixture.ts'
import { tokenBrownout } from './token-brownout.ts'
import { tokenPromote, type CreatedCredential } from './token-promote.ts'
import { tokenRollback } from './token-rollback.ts'
import { tokenRotate } from './token-rotate.ts'
import {
  HOUR,
  NOW,
  OLD,
  NEW,
  DEVICE,
  fingerprint,
  ONE,
  BOTH,
  FROM_ENVIRONMENT,
  PASSWORD,
  settingsOf,
  client,
  used,
  connectionsOf,
  createdOf,
  brownoutOf,
} from './token-rotation.fixture.ts'
import type { TokenConnection, TokenSettings, TokenSlots } from './token-rotation.ts'

interface Situation {
  readonly brownout?: ReturnType<typeof brownoutOf>
  readonly settings?: TokenSettings
  readonly usage?: SecretUsage
  readonly open?: readonly TokenConnection[]
  readonly created?: readonly CreatedCredential[]
}

function promote(
  situation: Situation,
  force = false,
  operation: typeof tokenPromote | typeof tokenRollback = tokenPromote,
) {
  const { settings = settingsOf(BOTH), usage = new SecretUsage(), open = [] } = situation
  const { created = [], brownout = brownoutOf() } = situation
  const parts = {
    brownout,
    deviceName: (id: string) => (id === DEVICE ? 'Ann’s laptop' : null),
    settings,
    usage,
    connections: connectionsOf(...open),
    created: createdOf(...created),
    now: () => NOW,
  }
  return runOperation(operation(parts), { force })
}

describe('token rotate', () => {
  it('S3: writes a fresh 32-byte token as the secondary and shows it once', async () => {
    const settings = settingsOf(ONE)
    const rotated = await runOperation(
      tokenRotate({ settings, newToken, fingerprint, brownout: brownoutOf() }),
    )
    expect(rotated).toMatchObject({ token: expect.stringMatching(/^[0-9a-f]{64}$/), previous: OLD })
    const [written] = settings.writes
    expect(typeof written).toBe('object')
    expect(rotated).toHaveProperty('fingerprint', fingerprint(written as Secret))
  })

  it.each([
    [
      'the primary comes from the environment',
      { ...FROM_ENVIRONMENT, secondary: null },
      /OPENCLAW_GATEWAY_TOKEN/,
    ],
    ['a rotation is already running', BOTH, /sha256:bbbbbbbb[\s\S]*token promote/],
    ['no token is in force', PASSWORD, /gateway\.auth\.mode is "password"/],
  ])('refuses while %s, and changes nothing', async (_when, slots, message) => {
    const settings = settingsOf(slots)
    await expect(
      runOperation(tokenRotate({ settings, newToken, fingerprint, brownout: brownoutOf() })),
    ).rejects.toThrow(message)
    expect(settings.writes).toEqual([])
  })

  it('ends what is left of a brown-out: nobody has the new token yet', async () => {
    const brownout = brownoutOf({ fingerprint: OLD, until: NOW + 1 })
    await runOperation(tokenRotate({ settings: settingsOf(ONE), newToken, fingerprint, brownout }))
    expect(brownout.now.one).toBeNull()
  })

  it('two at once: the second is told that a rotation is running', async () => {
    const settings = settingsOf(ONE, true)
    await expect(
      runOperation(tokenRotate({ settings, newToken, fingerprint, brownout: brownoutOf() })),
    ).rejects.toThrow(/already running/)
  })
})

describe('token promote', () => {
  it('drops the old token once nobody used it for an hour', async () => {
    const settings = settingsOf(BOTH)
    const usage = used([client('192.0.2.1', OLD), NOW - HOUR], [client('192.0.2.1', NEW), NOW])
    expect(await promote({ settings, usage })).toEqual({
      promoted: NEW,
      dropped: OLD,
      stragglers: [],
      created: [],
    })
    expect(settings.writes).toEqual([NEW])
  })

  it('refuses while a client used the old one in the last hour, and names it', async () => {
    const settings = settingsOf(BOTH)
    const usage = used([client('192.0.2.1', OLD, 'researcher'), NOW - HOUR + 1])
    await expect(promote({ settings, usage })).rejects.toThrow(
      /192\.0\.2\.1 \(researcher\)[\s\S]*--force/,
    )
    expect(settings.writes).toEqual([])
  })

  it('refuses while a connection that the old one opened is still open, however long ago', async () => {
    const open = [client('192.0.2.9', OLD)]
    const usage = used([client('192.0.2.9', OLD), NOW - 9 * HOUR])
    await expect(promote({ usage, open })).rejects.toThrow(/192\.0\.2\.9/)
  })

  it('refuses for a client that the list had no room for', async () => {
    const usage = new SecretUsage(1)
    usage.saw(client('192.0.2.1', OLD), NOW - 60_000)
    usage.saw(client('192.0.2.2', NEW), NOW)
    await expect(promote({ usage })).rejects.toThrow(/within the last hour by others/)
  })

  it('counts a use in the future as a recent one', async () => {
    await expect(
      promote({ usage: used([client('192.0.2.1', OLD), NOW + 5 * HOUR]) }),
    ).rejects.toThrow(/192\.0\.2\.1/)
  })

  it('--force cuts the stragglers off and lists them', async () => {
    const usage = used([client('192.0.2.1', OLD), NOW])
    const promoted = await promote({ usage }, true)
    expect(promoted).toMatchObject({
      dropped: OLD,
      stragglers: [{ address: '192.0.2.1', connected: false }],
    })
  })

  it('answers although a brown-out of the token that is gone could not be forgotten', async () => {
    const brownout = { ...brownoutOf(), set: () => Promise.reject(new Error('disk full')) }
    for (const operation of [tokenPromote, tokenRollback])
      expect(await promote({ brownout }, false, operation)).toMatchObject({ stragglers: [] })
  })

  it('lists the keys and devices that the old token created, with the command that ends each', async () => {
    const key: CreatedCredential = {
      kind: 'api-key',
      id: 'deploy',
      name: 'Deploy bot',
      createdAt: 1,
      revoke: 'openclaw api-keys revoke deploy',
    }
    expect(await promote({ created: [key] })).toMatchObject({ created: [key] })
  })

  it.each([
    ['the primary comes from the environment', FROM_ENVIRONMENT, /OPENCLAW_GATEWAY_TOKEN/],
    ['no rotation is running', ONE, /token rotate/],
    ['no token is in force', PASSWORD, /gateway\.auth\.mode/],
  ])('refuses while %s, even with --force', async (_when, slots, message) => {
    const settings = settingsOf(slots)
    await expect(promote({ settings }, true)).rejects.toThrow(message)
    expect(settings.writes).toEqual([])
  })

  it('says so when the secondary changed meanwhile', async () => {
    await expect(promote({ settings: settingsOf(BOTH, true) })).rejects.toThrow(
      /nothing was promoted/,
    )
  })
})

describe('token rollback', () => {
  it('drops the new token while nobody uses it, and a brown-out with it', async () => {
    const settings = settingsOf(BOTH)
    const brownout = brownoutOf({ fingerprint: OLD, until: NOW + 1 })
    const usage = used([client('192.0.2.1', OLD), NOW])
    expect(await promote({ settings, usage, brownout }, false, tokenRollback)).toEqual({
      kept: OLD,
      dropped: NEW,
      stragglers: [],
      created: [],
    })
    expect(settings.writes).toEqual([`dropped ${NEW}`])
    expect(brownout.now.one).toBeNull()
  })

  it('refuses while a client uses the new one, and names it with its device', async () => {
    const settings = settingsOf(BOTH)
    const user = { ...client('192.0.2.1', NEW, 'cli'), device: DEVICE }
    const usage = used([user, NOW - HOUR + 1])
    await expect(promote({ settings, usage }, false, tokenRollback)).rejects.toThrow(
      /192\.0\.2\.1 \(cli, device "Ann’s laptop"\)[\s\S]*rollback --force/,
    )
    expect(settings.writes).toEqual([])
    expect(await promote({ settings, usage }, true, tokenRollback)).toMatchObject({
      stragglers: [{ address: '192.0.2.1' }],
    })
  })

  it.each([
    ['no rotation is running', ONE, /no rotation/],
    ['the primary comes from the environment', FROM_ENVIRONMENT, /OPENCLAW_GATEWAY_TOKEN/],
  ])('refuses while %s, even with --force', async (_when, slots, message) => {
    const settings = settingsOf(slots)
    await expect(promote({ settings }, true, tokenRollback)).rejects.toThrow(message)
    expect(settings.writes).toEqual([])
  })

  it('says so when the secondary changed meanwhile', async () => {
    const racing = settingsOf(BOTH, true)
    const brownout = brownoutOf({ fingerprint: OLD, until: NOW + 1 })
    await expect(promote({ settings: racing, brownout }, false, tokenRollback)).rejects.toThrow(
      /nothing was dropped/,
    )
    expect(brownout.now.one).toMatchObject({ fingerprint: OLD })
  })
})

describe('token brownout', () => {
  const brownOut = (slots: TokenSlots, durationMs: number, brownout = brownoutOf()) =>
    runOperation(tokenBrownout({ settings: settingsOf(slots), brownout, now: () => NOW }), {
      durationMs,
    })

  it('refuses the old token until then, and ends at once when told', async () => {
    const brownout = brownoutOf()
    expect(await brownOut(BOTH, 60_000, brownout)).toEqual({
      fingerprint: OLD,
      until: NOW + 60_000,
    })
    expect(brownout.now.one).toEqual({ fingerprint: OLD, until: NOW + 60_000 })
    expect(await brownOut(BOTH, 0, brownout)).toEqual({ fingerprint: OLD, until: null })
    expect(brownout.now.one).toBeNull()
  })

  it('is for a rotation, and an hour at most', async () => {
    await expect(brownOut(ONE, 60_000)).rejects.toThrow(/no rotation[\s\S]*token rotate/)
    await expect(brownOut(PASSWORD, 60_000)).rejects.toThrow(/gateway\.auth\.mode/)
    await expect(brownOut(BOTH, HOUR + 1)).rejects.toThrow(/durationMs/)
  })

  it('keeps nobody out of a gateway whose two tokens are the same one', async () => {
    const brownout = brownoutOf()
    const same = { ...FROM_ENVIRONMENT, secondary: FROM_ENVIRONMENT.primary }
    await expect(brownOut(same, 60_000, brownout)).rejects.toThrow(/remove .*tokenSecondary/)
    expect(brownout.now.one).toBeNull()
  })

  it('whoever it turned away stands in the way of a promotion', async () => {
    const away = { ...client('192.0.2.7', OLD, 'cron'), firstAt: NOW, lastAt: NOW, uses: 3 }
    await expect(promote({ brownout: brownoutOf(null, [away]) })).rejects.toThrow(
      /192\.0\.2\.7 \(cron\)/,
    )
  })
})
