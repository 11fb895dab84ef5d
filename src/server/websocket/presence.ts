/** Who is connected right now: for `system-presence` and for what newcomers are told. */
import { hostname } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import type { Admitted } from './judge-connect.ts'
import type { PresenceEntry, PresencePort } from '../../operations/system-presence.ts'

/** A connection as the protocol shows it. */
export interface ConnectedEntry extends PresenceEntry {
  readonly deviceFamily?: string
  readonly modelIdentifier?: string
  readonly timeZone?: string
  /** Milliseconds since the epoch. */
  readonly onlineSince: number
  /** Only people named by a proxy or by Tailscale. */
  readonly user?: { readonly id: string; readonly name: string }
}

/** Connections beyond these are served like any other and not listed. */
const MAX_LISTED = 1_000
/** A newcomer is told of so many; `system-presence` tells of all. */
const MAX_TOLD = 32

export class Presence implements PresencePort {
  readonly #gateway: PresenceEntry
  readonly #connected = new Map<string, { readonly entry: ConnectedEntry; readonly text: string }>()
  #version = 1

  constructor(version: string, clock: Clock) {
    this.#gateway = {
      ts: clock(),
      host: hostname(),
      version,
      platform: process.platform,
      mode: 'gateway',
      reason: 'self',
      text: `Gateway ${version}`,
    }
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version
  }

  join(connectionId: string, admitted: Admitted, now: number): void {
    if (this.#connected.size >= MAX_LISTED) return
    const entry = describe(admitted, now)
    this.#connected.set(connectionId, { entry, text: JSON.stringify(entry) })
    this.#version += 1
  }

  leave(connectionId: string): void {
    if (this.#connected.delete(connectionId)) this.#version += 1
  }

  entries(): readonly PresenceEntry[] {
    return [this.#gateway, ...[...this.#connected.values()].map(({ entry }) => entry)]
  }

  /** The gateway and those who connected first, as a JSON list: made for every newcomer, so nothing is made twice. */
  toldText(): string {
    const told = [JSON.stringify(this.#gateway)]
    for (const { text } of this.#connected.values()) {
      if (told.length > MAX_TOLD) break
      told.push(text)
    }
    return `[${told.join(',')}]`
  }
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

/** Others' terminals show what a client calls itself: no control or formatting characters in it. */
export function plain(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(/\p{C}/gu, '')
}

function describe({ params, decision }: Admitted, now: number): ConnectedEntry {
  const { client } = params
  const { principal, clientAddress } = decision
  const name = plain(client.displayName ?? client.id)
  return {
    host: name,
    ip: clientAddress,
    version: plain(client.version),
    platform: plain(client.platform),
    mode: client.mode,
    reason: 'connect',
    text: `${name} (${client.id}) as ${principal.kind}:${principal.id}`,
    ts: now,
    onlineSince: now,
    roles: [principal.role],
    scopes: principal.scopes,
    ...(client.instanceId !== undefined && { instanceId: plain(client.instanceId) }),
    ...(client.deviceFamily !== undefined && { deviceFamily: plain(client.deviceFamily) }),
    ...(client.modelIdentifier !== undefined && { modelIdentifier: plain(client.modelIdentifier) }),
    ...(client.timeZone !== undefined && { timeZone: plain(client.timeZone) }),
    ...(principal.kind === 'user' && { user: { id: principal.id, name: principal.displayName } }),
  }
}
