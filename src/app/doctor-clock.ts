/** By what the system clock is judged: what was written here already, and, where asked to, what others say. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { configuredAccounts, type ChannelId } from '../config/channel-accounts.ts'
import { systemClock } from '../core/clock.ts'
import type { ClockFact } from '../doctor/types.ts'
import { listRecord } from '../record/read.ts'

const WAIT_MS = 5000
/** Any answer has a Date (RFC 9110, 6.6.1): none of these needs a credential. */
const SERVERS: Readonly<Record<ChannelId, string>> = {
  telegram: 'https://api.telegram.org',
  discord: 'https://discord.com/api',
  whatsapp: 'https://graph.facebook.com',
}

/** `config`: where the networks may be asked; `null` where nobody agreed to that. */
export async function clockFact({
  stateDir,
  config,
}: {
  readonly stateDir: string
  readonly config: Config | null
}): Promise<ClockFact> {
  const [entry, file, network] = await Promise.all([
    newestEntry(stateDir),
    newestFile(stateDir),
    config === null ? [] : askNetworks(config),
  ])
  const newest = [entry, file]
    .filter((one) => one !== null)
    .toSorted((a, b) => b.at - a.at)
    .at(0)
  return { newest: newest ?? null, network }
}

type Newest = ClockFact['newest']

async function newestEntry(stateDir: string): Promise<Newest> {
  const filter = { kind: null, since: null, client: null, limit: 1 }
  const [last] = await listRecord(join(stateDir, 'records'), filter).catch(() => [])
  return last === undefined ? null : { at: last.entry.at, what: 'the newest entry of the record' }
}

async function newestFile(stateDir: string): Promise<Newest> {
  const names = await readdir(stateDir).catch(() => [])
  const found = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(stateDir, name)).catch(() => null)
      return stats === null ? [] : [{ at: stats.mtimeMs, what: join(stateDir, name) }]
    }),
  )
  return (
    found
      .flat()
      .toSorted((a, b) => b.at - a.at)
      .at(0) ?? null
  )
}

async function askNetworks(config: Config): Promise<ClockFact['network']> {
  const bases = configuredAccounts(config.channels).map(
    ({ channel, settings }) => settings.apiBase ?? SERVERS[channel],
  )
  const origins = new Set(bases.flatMap((base) => URL.parse(base)?.origin ?? []))
  const asked = await Promise.all([...origins].map(askDate))
  return asked.flat()
}

async function askDate(origin: string): Promise<ClockFact['network']> {
  try {
    const signal = AbortSignal.timeout(WAIT_MS)
    const { headers } = await fetch(origin, { method: 'HEAD', redirect: 'manual', signal })
    const theirs = Date.parse(headers.get('date') ?? '')
    return Number.isNaN(theirs) ? [] : [{ host: new URL(origin).host, theirs, ours: systemClock() }]
  } catch {
    // A network that cannot be reached says nothing of the clock; `channels status --probe` is about that.
    return []
  }
}
