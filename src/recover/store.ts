/** The store: a database that cannot be used is replaced by a new one with every row that it still yields. */
import { existsSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { counted } from '../core/counted.ts'
import { load } from '../config/load.ts'
import { unreachable } from '../core/never.ts'
import { syncFolder } from '../host/replace-file.ts'
import { asideFolder } from './aside.ts'
import { salvage, salvagedPath, type Kept } from './salvage.ts'
import { COMPANIONS, STORE } from './store-copy.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig } from './write-config.ts'

export const store: Step = { name: 'store', examine }

const LOOK =
  'Look through `openclaw devices list` and `openclaw pairing list`: what was approved or revoked last may be missing from them'

async function examine(place: Place): Promise<readonly Fault[]> {
  const { stateDir } = place
  const health = await place.store.health()
  const begun = existsSync(salvagedPath(stateDir))
  if (begun && health.kind !== 'healthy') return [interrupted(place)]
  if (begun) return [leftOver(place)]
  switch (health.kind) {
    case 'healthy':
      return []
    case 'empty':
      return (await hasRun(stateDir)) ? [lost(place)] : strayCompanions(place)
    case 'newer':
      return [
        replaced(place, {
          what: `${STORE} ${health.why}`,
          next: 'To go back to it, run the version that made it with the file that was moved aside',
        }),
      ]
    case 'damaged':
      return [replaced(place, { what: `${STORE} is damaged: ${health.why}`, next: LOOK })]
    default:
      return unreachable(health)
  }
}

function replaced(
  place: Place,
  { what, next }: { readonly what: string; readonly next: string },
): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'moved aside; what can be read is kept in a new one',
    next,
    async repair() {
      await narrowPairing(place)
      const kept = await salvaged(place)
      await swap(place)
      return inWords(kept)
    },
  }
}

/** A missing or empty database is begun anew by a start, too; what it means for devices is the same. */
function lost(place: Place): Fault {
  return {
    kind: 'repairable',
    what: `${STORE} is gone or empty, and this gateway has run before`,
    remedy: 'a new one was made: conversations, devices and senders are gone',
    would: 'make a new one: conversations, devices and senders are gone',
    next: 'Put a backup in its place, or approve your devices again as they ask and people as they write. Was one revoked that knows the token? Then `openclaw token rotate`',
    async repair() {
      await narrowPairing(place)
      await salvaged(place)
      await swap(place)
      return null
    },
  }
}

function interrupted(place: Place): Fault {
  return {
    kind: 'repairable',
    what: `an earlier recovery of ${STORE} was interrupted`,
    remedy: 'finished',
    next: LOOK,
    async repair() {
      await swap(place)
      return null
    },
  }
}

function leftOver(place: Place): Fault {
  return {
    kind: 'repairable',
    what: `${STORE}.recovered was left over by an earlier recovery, and ${STORE} is whole`,
    remedy: 'moved aside',
    next: null,
    async repair() {
      await place.aside.move(salvagedPath(place.stateDir))
      return null
    },
  }
}

/** A log of changes to a database that is not there. */
async function strayCompanions(place: Place): Promise<readonly Fault[]> {
  const names = COMPANIONS.map((end) => `${STORE}${end}`)
  const there = names.filter((name) => existsSync(join(place.stateDir, name)))
  return there.map((name) => ({
    kind: 'repairable',
    what: `${name} belongs to no database`,
    remedy: 'moved aside',
    next: null,
    async repair() {
      await place.aside.move(join(place.stateDir, name))
      return null
    },
  }))
}

async function salvaged({ stateDir }: Place): Promise<Kept> {
  const work = await mkdtemp(join(await asideFolder(stateDir), 'salvage-'))
  try {
    return await salvage(stateDir, work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The database first: its log would be taken for that of whatever stands in its place. */
async function swap({ stateDir, aside }: Place): Promise<void> {
  const path = join(stateDir, STORE)
  for (const old of [path, ...COMPANIONS.map((end) => `${path}${end}`)]) {
    if ((await lstat(old).catch(() => null)) !== null) await aside.move(old)
  }
  await rename(salvagedPath(stateDir), path)
  await syncFolder(stateDir)
}

async function hasRun(stateDir: string): Promise<boolean> {
  const records = await readdir(join(stateDir, 'records')).catch(() => [])
  return records.some((name) => name.endsWith('.jsonl'))
}

/** Whoever was revoked may be a stranger now: none is approved unasked. Before the old rows go. */
async function narrowPairing(place: Place): Promise<void> {
  const loaded = await load(place.request)
  if (loaded.kind === 'refused') return
  const { autoApprove, pairingRequired } = loaded.config.security
  if (!autoApprove && pairingRequired) return
  await changeConfig(place, () => [
    { kind: 'set', path: ['security', 'autoApprove'], value: false },
    { kind: 'set', path: ['security', 'pairingRequired'], value: true },
  ])
}

function inWords(kept: Kept): string {
  const count = (table: string, one: string, many?: string) =>
    counted(kept.get(table) ?? 0, one, many)
  return `kept ${count('conversations', 'conversation')} with ${count('messages', 'message')}, ${count('memory', 'memory entry', 'memory entries')}, ${count('devices', 'device')}, ${count('senders', 'sender')}, ${count('outbox', 'message')} to be sent`
}
