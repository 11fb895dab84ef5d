/** Devices, requests and setup codes in the store: the tables behind `pairing/types.ts`. */
import type { Transaction } from 'kysely'
import type { PairedDevice, PairingChange, PairingState, PairingStore } from '../pairing/types.ts'
import { readDevice, readRequest, readSetupCode } from './device-documents.ts'
import type { Store } from './open.ts'
import type { Tables } from './schema.ts'

export interface LoadedPairings {
  readonly state: PairingState
  /** Ids of rows that cannot be read: nobody is let in by them. In words, for the log. */
  readonly problems: readonly string[]
  /** The same by table. */
  readonly unreadable: Unreadable
}

export interface Unreadable {
  readonly devices: readonly string[]
  readonly requests: readonly string[]
  readonly setupCodes: readonly string[]
}

export async function loadPairings(store: Store): Promise<LoadedPairings> {
  const rows = await store.read(async (db) => ({
    devices: await db.selectFrom('devices').selectAll().execute(),
    requests: await db.selectFrom('pairing_requests').selectAll().execute(),
    codes: await db.selectFrom('setup_codes').selectAll().execute(),
  }))
  const unreadable: Record<keyof Unreadable, string[]> = {
    devices: [],
    requests: [],
    setupCodes: [],
  }
  /** Whatever a row's key says, its document must say too: no row stands for two devices. */
  const read = <Document>(
    { id, document, from }: Row<Document>,
    own: (one: Document) => string,
  ): Document[] => {
    if (document !== null && own(document) === id) return [document]
    unreadable[from].push(id)
    return []
  }
  const devices = rows.devices.flatMap(({ device_id: id, document }) => {
    const row = { id, document: readDevice(document), from: 'devices' } as const
    const [device] = read(row, (one) => one.id)
    return device ?? barred(id)
  })
  const requests = rows.requests.flatMap(({ request_id: id, document }) =>
    read({ id, document: readRequest(document), from: 'requests' }, (one) => one.requestId),
  )
  const setupCodes = rows.codes.flatMap(({ setup_id: id, document }) =>
    read({ id, document: readSetupCode(document), from: 'setupCodes' }, (one) => one.setupId),
  )
  const problems = Object.values(unreadable).flat()
  return { state: { devices, requests, setupCodes }, problems, unreadable }
}

interface Row<Document> {
  readonly id: string
  /** `null` when it cannot be read. */
  readonly document: Document | null
  readonly from: keyof Unreadable
}

/** It may have been revoked: nothing but an operator lets it in again. */
function barred(id: string): PairedDevice {
  return {
    id,
    publicKey: '',
    name: id,
    barred: ['operator', 'node', 'webchat'],
    grants: [],
    description: {
      displayName: null,
      platform: null,
      deviceFamily: null,
      clientId: null,
      clientMode: null,
    },
    label: null,
    remoteAddress: null,
    approvedVia: 'owner',
    createdAt: 0,
    approvedAt: 0,
    lastSeenAt: null,
    removedAt: 0,
    surface: { approved: null, pending: null },
  }
}

/** `clock`: milliseconds since the epoch. */
export function pairingStore(store: Store, clock: () => number): PairingStore {
  return {
    save: (change) => store.write((db) => save(db, change, clock())),
  }
}

async function save(db: Transaction<Tables>, change: PairingChange, now: number): Promise<void> {
  const { devices = [], requests = [], resolved = [], setupCodes = [] } = change
  const { forgotten = [], forgottenDevices = [] } = change
  for (const device of devices) await putDevice(db, device, now)
  for (const id of forgottenDevices)
    await db.deleteFrom('devices').where('device_id', '=', id).execute()
  for (const id of resolved)
    await db.deleteFrom('pairing_requests').where('request_id', '=', id).execute()
  for (const id of forgotten)
    await db.deleteFrom('setup_codes').where('setup_id', '=', id).execute()
  for (const request of requests) {
    const document = JSON.stringify(request)
    await db
      .insertInto('pairing_requests')
      .values({ request_id: request.requestId, device_id: request.deviceId, document })
      .onConflict((conflict) => conflict.column('request_id').doUpdateSet({ document }))
      .execute()
  }
  for (const code of setupCodes) {
    const document = JSON.stringify(code)
    await db
      .insertInto('setup_codes')
      .values({ setup_id: code.setupId, document })
      .onConflict((conflict) => conflict.column('setup_id').doUpdateSet({ document }))
      .execute()
  }
}

async function putDevice(
  db: Transaction<Tables>,
  device: PairedDevice,
  now: number,
): Promise<void> {
  const document = JSON.stringify(device)
  await db
    .insertInto('devices')
    .values({ device_id: device.id, document, updated_at: now })
    .onConflict((conflict) =>
      conflict.column('device_id').doUpdateSet({ document, updated_at: now }),
    )
    .execute()
}
