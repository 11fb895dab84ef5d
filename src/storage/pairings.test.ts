/** Devices in the store: what was written is found again, and what is damaged lets nobody in and is not lost. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  accessWith,
  decideWith,
  NEIGHBOUR,
  OWN_SOCKET,
  presenting,
  TOKEN,
} from '../access/scene.fixture.ts'
import { DeviceBook } from '../pairing/book.ts'
import { revoke, rotate } from '../pairing/manage.ts'
import { approve, ask } from '../pairing/resolve.ts'
import { openStore, type Store } from './open.ts'
import {
  DEVICE,
  fillStore,
  gist,
  NEWCOMER,
  openDesk,
  OWNER,
  REQUEST,
  wishOf,
} from './pairings-kill.fixture.ts'
import { loadPairings } from './pairings.ts'

const at = { dir: '' }
beforeEach(async () => {
  at.dir = await mkdtemp(join(tmpdir(), 'pairings-'))
  await fillStore(at.dir)
})
afterEach(() => rm(at.dir, { recursive: true, force: true }))

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(at.dir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const documentOf = (id: string) =>
  withStore(async (store) => {
    const rows = await store.read((db) => db.selectFrom('devices').selectAll().execute())
    return rows.find(({ device_id }) => device_id === id)?.document ?? ''
  })

const rewrite = (id: string, document: string) =>
  withStore((store) =>
    store.write((db) =>
      db.updateTable('devices').set({ document }).where('device_id', '=', id).execute(),
    ),
  )

test('what a process wrote the next one finds', async () => {
  const before = await openDesk(at.dir)
  await approve(before.desk, { requestId: REQUEST, expiresAt: 5 }, OWNER)
  const kept = {
    devices: before.desk.book.devices(),
    requests: before.desk.book.requests(),
    setupCodes: before.desk.book.setupCodes(),
  }
  await before.store.close()
  const { state, problems } = await withStore(loadPairings)
  expect(problems).toEqual([])
  expect(gist(state)).toEqual(gist(kept))
  expect(state.requests).toEqual([])
})

const DAMAGE: readonly (readonly [name: string, damage: (document: string) => string])[] = [
  ['no JSON', () => '{'],
  ['empty', () => ''],
  ['a list', () => '[]'],
  ['of a later version', (text) => text.replace('{', '{"more":true,')],
  ['a scope that there is not', (text) => text.replace('operator.read', 'operator.everything')],
  ['a role that there is not', (text) => text.replace('"role":"operator"', '"role":"owner"')],
  ['without an end', (text) => text.replace('"expiresAt":null,', '')],
  ['another device', (text) => text.replace(DEVICE, NEWCOMER)],
]

describe.each(DAMAGE)('a device whose row is %s', (_name, damage) => {
  test('is let in by nothing, and by nobody but an operator', async () => {
    await rewrite(DEVICE, damage(await documentOf(DEVICE)))
    const { state, problems } = await withStore(loadPairings)
    expect(problems).toEqual([DEVICE])
    const book = new DeviceBook(state, Date.now)
    expect(book.find(DEVICE)).toMatchObject({ grants: [], barred: ['operator', 'node', 'webchat'] })
    expect(book.devices()).toEqual([])
    const decision = decideWith(
      {
        ...NEIGHBOUR,
        ...presenting(TOKEN),
        transport: 'websocket',
        requestedRole: 'operator',
        requestedScopes: ['operator.read'],
        device: { id: DEVICE, publicKey: 'key', proof: { kind: 'valid' } },
      },
      OWN_SOCKET,
      accessWith({ pairing: { required: false, autoApprove: true } }, { devices: book }),
      0,
    )
    expect(decision).toMatchObject({ kind: 'denied', pairing: { remedy: 'request' } })
  })

  test('stays in the file as it is, whatever is written besides', async () => {
    const damaged = damage(await documentOf(DEVICE))
    await rewrite(DEVICE, damaged)
    const { desk, store } = await openDesk(at.dir)
    await approve(desk, { requestId: REQUEST, expiresAt: null }, OWNER)
    desk.saw(DEVICE, 'operator')
    await store.close()
    expect(await documentOf(DEVICE)).toBe(damaged)
  })
})

test.each(['pairing_requests', 'setup_codes'] as const)(
  'a damaged row of %s is told, approves nothing and stays',
  async (table) => {
    await withStore((store) =>
      store.write((db) => db.updateTable(table).set({ document: '{}' }).execute()),
    )
    const { state, problems } = await withStore(loadPairings)
    expect(problems).toHaveLength(1)
    expect([state.requests, state.setupCodes].filter((list) => list.length === 0)).toHaveLength(1)
    const rows = await withStore((store) =>
      store.read((db) => db.selectFrom(table).selectAll().execute()),
    )
    expect(rows).toMatchObject([{ document: '{}' }])
  },
)

test('a database that refuses a change keeps all of it as it was; what is taken away is in force, and written later', async () => {
  const { desk, store } = await openDesk(at.dir)
  const admin = new DatabaseSync(join(at.dir, 'store.sqlite'))
  const refuse = "CREATE TRIGGER full BEFORE UPDATE ON devices BEGIN SELECT RAISE(ABORT, 'x'); END"
  const wish = wishOf(DEVICE)
  await ask(desk, { ...wish, need: { ...wish.need, scopes: ['operator.admin'] } })
  const before = gist((await loadPairings(store)).state)

  admin.exec(refuse)
  await expect(rotate(desk, { ...OPERATOR, scopes: null }, OWNER)).rejects.toThrow()
  await expect(revoke(desk, OPERATOR, OWNER)).rejects.toThrow()
  expect(desk.book.find(DEVICE)?.grants.map(({ role }) => role)).toEqual(['node'])
  expect(gist((await loadPairings(store)).state)).toEqual(before)

  admin.exec('DROP TRIGGER full')
  admin.close()
  await desk.flush()
  const { state } = await loadPairings(store)
  expect(state.devices[0]?.grants.map(({ role }) => role)).toEqual(['node'])
  expect(state.requests.map(({ requestId }) => requestId)).toEqual([REQUEST])
  await store.close()
})

const OPERATOR = { deviceId: DEVICE, role: 'operator' as const }
