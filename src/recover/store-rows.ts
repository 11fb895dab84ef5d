/** Single rows of the store that stand in somebody's way: a head of the record that is none, requests that nobody can answer. */
import { counted } from '../core/counted.ts'
import type { LoadedPairings } from '../storage/pairings.ts'
import { liveGrant } from '../access/devices.ts'
import { holds } from '../access/scopes.ts'
import { inStore, jsonLines } from './in-store.ts'
import type { Fault, Place, Step } from './types.ts'

export const storeRows: Step = { name: 'devices', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const health = await place.store.health()
  if (health.kind !== 'healthy') return []
  const { unreadable } = health.pairings
  return [
    ...(health.head.kind === 'garbled' ? [garbledHead(place)] : []),
    ...(unreadable.requests.length + unreadable.setupCodes.length > 0
      ? [unreadableRows(place, health.pairings)]
      : []),
    ...unreadable.devices.map(unreadableDevice),
    ...noAdministrator(health.pairings, place.clock()),
  ]
}

function garbledHead(place: Place): Fault {
  return {
    kind: 'repairable',
    what: 'the head of the record, in store.sqlite, cannot be read, and changes are refused for it',
    remedy: 'moved aside: the record goes on after its last line',
    next: 'Whether lines are missing from its end cannot be told any more',
    async repair() {
      await inStore(place, async (store) => {
        const rows = await store.read((db) =>
          db.selectFrom('meta').selectAll().where('name', '=', 'record.head').execute(),
        )
        await place.aside.write('store.sqlite.meta.jsonl', jsonLines(rows))
        await store.write((db) => db.deleteFrom('meta').where('name', '=', 'record.head').execute())
      })
      return null
    },
  }
}

/** A row that cannot be read keeps its device from asking again. */
function unreadableRows(place: Place, { unreadable }: LoadedPairings): Fault {
  const { requests, setupCodes } = unreadable
  return {
    kind: 'repairable',
    what: `${counted(requests.length, 'pairing request')} and ${counted(setupCodes.length, 'setup code')} in store.sqlite cannot be read`,
    remedy: 'moved aside: the devices can ask again',
    next: null,
    async repair() {
      await inStore(place, async (store) => {
        const rows = await store.read(async (db) => [
          ...(await db
            .selectFrom('pairing_requests')
            .selectAll()
            .where('request_id', 'in', [...requests])
            .execute()),
          ...(await db
            .selectFrom('setup_codes')
            .selectAll()
            .where('setup_id', 'in', [...setupCodes])
            .execute()),
        ])
        await place.aside.write('store.sqlite.pairing.jsonl', jsonLines(rows))
        await store.write(async (db) => {
          await db
            .deleteFrom('pairing_requests')
            .where('request_id', 'in', [...requests])
            .execute()
          await db
            .deleteFrom('setup_codes')
            .where('setup_id', 'in', [...setupCodes])
            .execute()
        })
      })
      return null
    },
  }
}

/** It stays as it is: it may say that the device was revoked. */
function unreadableDevice(id: string): Fault {
  return {
    kind: 'hint',
    what: `the record of device ${id} cannot be read: it admits nobody`,
    next: 'Approve the device when it asks again',
  }
}

function noAdministrator(
  { state: { devices }, unreadable }: LoadedPairings,
  now: number,
): readonly Fault[] {
  const known = devices.filter(({ id }) => !unreadable.devices.includes(id))
  const admins = known.filter((device) =>
    holds(liveGrant(device, 'operator', now)?.scopes ?? [], 'operator.admin'),
  )
  if (known.length === 0 || admins.length > 0) return []
  const names = known.slice(0, 5).map(({ id, name }) => `${id} (${name})`)
  return [
    {
      kind: 'hint',
      what: 'no device is an administrator any more',
      next: `\`openclaw recover --device <id>\` approves one again: ${names.join(', ')}`,
    },
  ]
}
