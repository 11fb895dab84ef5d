/** The small files: web sessions, locks of guessed-out addresses, the note on Tailscale, this machine's identity. None of them keeps the owner out for its contents alone. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { counted } from '../core/counted.ts'
import { guessBucket } from '../core/address.ts'
import { readDeviceIdentity } from '../host/device-identity.ts'
import { readNote } from '../host/tailscale-serve.ts'
import { replaceFile } from '../host/replace-file.ts'
import { formatLine, locksOf, parseLines } from '../storage/lock-lines.ts'
import { textIfThere } from '../storage/text-file.ts'
import { WebSessionFile } from '../storage/web-sessions.ts'
import type { Fault, Place, Step } from './types.ts'

export const webSessions: Step = {
  name: 'sessions',
  async examine(place) {
    const saved = await new WebSessionFile(place.stateDir).load()
    if (saved.kind === 'loaded') return []
    const path = join(place.stateDir, 'web-sessions.json')
    return [movedAside(place, path, 'web-sessions.json is damaged or of another version', LOG_IN)]
  },
}

const LOG_IN = 'Everybody has to log in again: `openclaw dashboard` prints a link'

export const lockouts: Step = { name: 'lockouts', examine: examineLocks }

async function examineLocks(place: Place): Promise<readonly Fault[]> {
  const path = join(place.stateDir, 'locks.jsonl')
  const { lines, damaged } = parseLines((await textIfThere(path)) ?? '')
  const locks = locksOf(lines, place.clock())
  const own = locks.filter(({ address }) => THIS_HOST.has(address))
  const rewrite = async (): Promise<null> => {
    await place.aside.copy(path)
    const others = locks.filter((lock) => !own.includes(lock))
    const text = others.map((lock) => formatLine({ kind: 'lock', ...lock })).join('')
    const written = await replaceFile(path, text)
    if (written.kind === 'failed') throw new Error(written.why)
    return null
  }
  const garbage: Fault = {
    kind: 'repairable',
    what: `locks.jsonl: ${counted(damaged, 'line')} cannot be read`,
    remedy: `moved aside; ${counted(locks.length, 'lock')} that can be read ${locks.length === 1 ? 'holds' : 'hold'}`,
    next: null,
    repair: rewrite,
  }
  const lockedOut: Fault = {
    kind: 'repairable',
    what: 'this host is locked out after wrong guesses',
    remedy: 'the lock is lifted; those of other addresses hold',
    next: '`openclaw lockouts list` shows the others; `openclaw logs auth` who guessed',
    repair: rewrite,
  }
  return [...(damaged > 0 ? [garbage] : []), ...(own.length > 0 ? [lockedOut] : [])]
}

const THIS_HOST: ReadonlySet<string> = new Set(['127.0.0.1', '::1'].map(guessBucket))

export const tailscaleNote: Step = {
  name: 'tailscale',
  async examine(place) {
    const path = join(place.stateDir, 'tailscale-serve.json')
    if (!existsSync(path) || readNote(path) !== null) return []
    const next = 'Does Tailscale still forward to this gateway? `tailscale serve status` shows it'
    return [movedAside(place, path, 'tailscale-serve.json cannot be read', next)]
  },
}

/** Gateways elsewhere know this machine by it: it is never put aside unasked (R47), and this host's gateway does not need it. */
export const identity: Step = {
  name: 'identity',
  async examine({ stateDir }) {
    const read = await readDeviceIdentity(stateDir)
    return read.kind === 'refused' ? [{ kind: 'hint', what: read.message, next: null }] : []
  },
}

function movedAside(place: Place, path: string, what: string, next: string): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'moved aside',
    next,
    async repair() {
      await place.aside.move(path)
      return null
    },
  }
}
