/** All authenticated WebSockets: events for them, signs of life from them, and their end. */
import { sameDevice } from '../../access/methods/device-token.ts'
import type { TokenConnection } from '../../operations/token-rotation.ts'
import type { Role } from '../../access/types.ts'
import type { NodeConnection } from '../../nodes/types.ts'
import type { GatewayEvent } from '../../operations/types.ts'
import type { Gateway } from '../gateway.ts'
import { SharedEvent } from './frame-text.ts'
import { stillAllowed } from './judge-again.ts'
import type { LiveConnection } from './live-connection.ts'
import { nodeConnection } from './node-connection.ts'

/** Connections judged again before others get a turn. */
const JUDGED_AT_ONCE = 200

export class LiveConnections {
  readonly #live = new Set<LiveConnection>()
  /** How many connections each device has. */
  readonly #devices = new Map<string, number>()
  /** The connections of each node, the newest last. */
  readonly #nodes = new Map<string, LiveConnection[]>()
  readonly #gateway: Gateway

  constructor(gateway: Gateway) {
    this.#gateway = gateway
  }

  get size(): number {
    return this.#live.size
  }

  /** On the owner's socket. */
  get owners(): number {
    return [...this.#live].filter(({ surface }) => surface === 'owner').length
  }

  get busy(): boolean {
    return [...this.#live].some(({ busy }) => busy)
  }

  add(connection: LiveConnection): void {
    this.#live.add(connection)
    this.#countDevice(connection, 1)
    const { device } = connection.decision
    if (device?.role === 'node')
      this.#nodes.set(device.id, [...(this.#nodes.get(device.id) ?? []), connection])
  }

  remove(connection: LiveConnection): void {
    if (!this.#live.delete(connection)) return
    this.#countDevice(connection, -1)
    const { device } = connection.decision
    if (device?.role !== 'node') return
    const others = (this.#nodes.get(device.id) ?? []).filter((one) => one !== connection)
    if (others.length > 0) this.#nodes.set(device.id, others)
    else this.#nodes.delete(device.id)
  }

  /** The newest connection of this node that is not about to end. */
  node(nodeId: string): NodeConnection | null {
    const newest = this.#nodes.get(nodeId)?.findLast(({ leaving }) => !leaving)
    return newest === undefined ? null : nodeConnection(newest)
  }

  #countDevice({ decision: { device } }: LiveConnection, change: 1 | -1): void {
    if (device === null) return
    const count = (this.#devices.get(device.id) ?? 0) + change
    if (count > 0) this.#devices.set(device.id, count)
    else this.#devices.delete(device.id)
  }

  /** Who is connected by a shared secret: what a rotation must not cut off unasked. */
  secretUsers(): readonly TokenConnection[] {
    return [...this.#live].flatMap(({ decision, principalName, admitted }) =>
      decision.class === 'shared' && decision.fingerprint !== null
        ? [
            {
              fingerprint: decision.fingerprint,
              address: decision.clientAddress,
              principal: principalName,
              client: admitted.evidence.agent,
              device: decision.device?.id ?? '',
            },
          ]
        : [],
    )
  }

  /** The text is made once, and only when somebody hears it. */
  publish(event: GatewayEvent): void {
    const listeners = [...this.#live].filter((connection) => connection.hears(event))
    if (listeners.length === 0) return
    const shared = new SharedEvent(event.event, event.payload)
    for (const { outlet } of listeners) outlet.publish(shared, event.droppable)
  }

  tick(): void {
    const payload = { ts: Math.trunc(this.#gateway.clock()) }
    this.publish({ event: 'tick', payload, scope: null, droppable: true })
  }

  /** Whoever said nothing, or took nothing of what waits for it, since the last time is gone without a word. */
  ping(): void {
    for (const connection of this.#live) {
      const { webSocket } = connection.upgraded
      if (!connection.alive || connection.stalled()) {
        webSocket.terminate()
        continue
      }
      connection.alive = false
      webSocket.ping()
    }
  }

  /** Closes every connection that would not be let in as it is now. */
  async judge(which: (connection: LiveConnection) => boolean): Promise<void> {
    const asked = [...this.#live].filter(which)
    for (let from = 0; from < asked.length; from += JUDGED_AT_ONCE) {
      await Promise.all(asked.slice(from, from + JUDGED_AT_ONCE).map((one) => this.#judgeOne(one)))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** While more than our memory should hold waits for readers in all, whoever keeps most of it goes. */
  relieve(mostBytes: number): void {
    const slow = [...this.#live]
      .filter(({ waitingBytes }) => waitingBytes > 0)
      .sort((a, b) => b.waitingBytes - a.waitingBytes)
    const total = { bytes: slow.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0) }
    for (const connection of slow) {
      if (total.bytes <= mostBytes) return
      total.bytes -= connection.waitingBytes
      connection.upgraded.webSocket.terminate()
    }
  }

  closeAll(code: number, reason: string): void {
    for (const connection of this.#live) connection.outlet.close(code, reason)
  }

  hasDevice(deviceId: string): boolean {
    return this.#devices.has(deviceId)
  }

  /** In the wire's words, so that clients know what became of them (PROTOCOL 1.6). `role`: `null` for all. */
  cutDevice(deviceId: string, role: Role | null): void {
    for (const connection of this.#live) {
      if (isOf(connection, deviceId, role)) connection.dismiss(4001, 'device removed')
    }
  }

  /** A judgement that could not be made is no yes. */
  async #judgeOne(connection: LiveConnection): Promise<void> {
    const allowed = await stillAllowed(connection).catch((error: unknown) => {
      this.#gateway.log.failure('a live connection could not be judged again', error)
      return false
    })
    if (allowed) return
    // Its own request may have ended its right to be here (`token.promote`): that one is answered yet.
    connection.dismiss(4001, 'gateway auth changed')
  }
}

/** Of the device in this role, or of a browser that it logged in, which is no more than the device (R15). */
export function isOf({ decision }: LiveConnection, deviceId: string, role: Role | null): boolean {
  const { device, principal } = decision
  if (device?.id === deviceId && (role === null || device.role === role)) return true
  return sameDevice(principal, deviceId, role)
}
