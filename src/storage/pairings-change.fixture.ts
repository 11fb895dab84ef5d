/** A child process for the tests: opens a store, says READY, makes one change to its devices, says ACK. */
import { fsyncSync, openSync, writevSync } from 'node:fs'
import { confirm, remove, revoke, rotate } from '../pairing/manage.ts'
import { redeem } from '../pairing/redeem.ts'
import { approve } from '../pairing/resolve.ts'
import type { Change } from './pairings-kill.fixture.ts'
import {
  CODE,
  DEVICE,
  NEWCOMER,
  openDesk,
  OWNER,
  REQUEST,
  wishOf,
} from './pairings-kill.fixture.ts'

const [dir = '', what = ''] = process.argv.slice(2)
const { desk, store } = await openDesk(dir)

const CHANGES: Record<Change, () => Promise<unknown>> = {
  approve: () => approve(desk, { requestId: REQUEST, expiresAt: null }, OWNER),
  rotate: () => rotate(desk, { deviceId: DEVICE, role: 'operator', scopes: [] }, OWNER),
  revoke: () => revoke(desk, { deviceId: DEVICE, role: 'operator' }, OWNER),
  remove: () => remove(desk, DEVICE, OWNER),
  redeem: () => redeem(desk, CODE.digest(), wishOf(NEWCOMER)),
  confirm: () => confirm(desk, DEVICE, 'node'),
}
const AHEAD = 8
const change = Object.entries(CHANGES).find(([name]) => name === what)?.[1]

// A death is told by how often a thread has called something: this thread is ahead of all others.
const folder = openSync(dir, 'r')
for (let times = 0; times < AHEAD; times += 1) fsyncSync(folder)

say('READY')
await change?.()
say('ACK')
await store.close()

/** By a call that nothing else here makes. */
function say(word: string): void {
  writevSync(1, [Buffer.from(word), Buffer.from('\n')])
}
