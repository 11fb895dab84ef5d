/** For tests: the devices of a state dir while no gateway runs, through the code that the gateway uses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALL_SCOPES } from '../src/access/scopes.ts'
import { PairingDesk } from '../src/pairing/desk.ts'
import { approvedDevice } from '../src/pairing/grant.ts'
import { revoked } from '../src/pairing/change-device.ts'
import { DeviceTokens } from '../src/pairing/tokens.ts'
import type { PairedDevice } from '../src/pairing/types.ts'
import { openStore } from '../src/storage/open.ts'
import { loadPairings, pairingStore } from '../src/storage/pairings.ts'

export const LOCAL_DESCRIPTION = {
  displayName: 'a phone',
  platform: null,
  deviceFamily: null,
  clientId: null,
  clientMode: null,
}

export async function openDesk(dir: string) {
  const store = await openStore(dir)
  const { state } = await loadPairings(store)
  const key = Buffer.from(readFileSync(join(dir, 'fingerprint.key'), 'utf8').trim(), 'hex')
  const desk = new PairingDesk({
    saved: state,
    store: pairingStore(store, Date.now),
    tokens: new DeviceTokens(key),
    rules: () => ({ waitsMs: 300_000, most: 5 }),
    clock: Date.now,
    announce: () => {},
  })
  const change = (devices: readonly PairedDevice[]) =>
    desk.turn(() => ({ result: undefined, change: { devices } }))
  return {
    find: (id: string) => desk.book.find(id),
    approve: (
      { deviceId, publicKey }: { deviceId: string; publicKey: string },
      expiresAt: number | null = null,
    ) =>
      change([
        approvedDevice(
          desk.book.find(deviceId),
          {
            deviceId,
            publicKey,
            description: LOCAL_DESCRIPTION,
            remoteAddress: null,
            via: 'owner',
            by: 'owner:owner',
            approvals: [{ role: 'operator', scopes: ALL_SCOPES, expiresAt }],
          },
          desk.tokens,
          Date.now(),
        ),
      ]),
    async revoke(id: string): Promise<void> {
      const device = desk.book.find(id)
      const next = device === null ? null : revoked(device, 'operator')
      if (next !== null) await change([next])
    },
    close: () => store.close(),
  }
}
