/** Whose machine has this tailnet address: asked of tailscaled, remembered for a minute, and never in a storm. */
import { existsSync } from 'node:fs'
import type { TailnetAnswer } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import type { TailscaleCommand } from './tailscale-command.ts'
import { whoisByLocalApi } from './tailscale-local-api.ts'
import { parseWhois } from './tailscale-profile.ts'

export interface Whois {
  /** `address`: canonical. Never rejects. */
  readonly whois: (address: string) => Promise<TailnetAnswer>
}

const USER_TTL_MS = 60_000
/** Short, so that a machine that joins, or a daemon that starts, is noticed; long enough to blunt a flood. */
const NEGATIVE_TTL_MS = 5_000
const MAX_REMEMBERED = 1_000
const MAX_PARALLEL = 16
const TIMEOUT_MS = 3_000

export type Lookup = (address: string) => Promise<TailnetAnswer>

/** Remembers what `lookup` answers. One lookup in flight an address, at most 16 in all. */
export function rememberedWhois({
  lookup,
  clock,
}: {
  readonly lookup: Lookup
  readonly clock: Clock
}): Whois {
  const remembered = new Map<string, { readonly answer: TailnetAnswer; readonly at: number }>()
  const inFlight = new Map<string, Promise<TailnetAnswer>>()

  const recall = (address: string): TailnetAnswer | null => {
    const entry = remembered.get(address)
    if (entry === undefined) return null
    const age = clock() - entry.at
    const ttl = entry.answer.kind === 'user' ? USER_TTL_MS : NEGATIVE_TTL_MS
    return age >= 0 && age < ttl ? entry.answer : null
  }
  const remember = (address: string, answer: TailnetAnswer) => {
    remembered.delete(address)
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size >= MAX_REMEMBERED) remembered.delete(oldest)
    remembered.set(address, { answer, at: clock() })
    return answer
  }
  const ask = (address: string) => {
    const asked = lookup(address)
      .catch((): TailnetAnswer => ({ kind: 'unavailable', detail: 'the lookup failed' }))
      .then((answer) => remember(address, answer))
      .finally(() => inFlight.delete(address))
    inFlight.set(address, asked)
    return asked
  }
  return {
    async whois(address) {
      const known = recall(address) ?? inFlight.get(address)
      if (known !== undefined) return known
      if (inFlight.size >= MAX_PARALLEL) {
        return { kind: 'unavailable', detail: `${MAX_PARALLEL} whois lookups are already running` }
      }
      return ask(address)
    },
  }
}

/** The daemon's socket where there is one, since it costs no process; else the command. */
export function tailscaleLookup({
  command,
  socketPath,
}: {
  readonly command: TailscaleCommand
  readonly socketPath: string
}): Lookup {
  return async (address) => {
    if (existsSync(socketPath))
      return whoisByLocalApi(address, { socketPath, timeoutMs: TIMEOUT_MS })
    return whoisByCommand(address, command)
  }
}

/** The options with which {@link tailscaleLookup}'s command is made. */
export const WHOIS_COMMAND = { timeoutMs: TIMEOUT_MS, maxBytes: 1_048_576 } as const

/** What the versions of the command say of an address that no machine of the tailnet has. */
const NO_MATCH = /no match|peer not found/i

async function whoisByCommand(address: string, command: TailscaleCommand): Promise<TailnetAnswer> {
  const result = await command(['whois', '--json', address])
  if (result.kind === 'done') return parseWhois(result.stdout)
  if (result.kind === 'unavailable') return result
  if (NO_MATCH.test(result.message)) return { kind: 'unknown-address' }
  return { kind: 'unavailable', detail: `tailscale whois failed: ${result.message}` }
}
