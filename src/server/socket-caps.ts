/**
 * How many connections may stand open before they have shown who they are (SPEC 11, R33).
 *
 * 64 a peer and 2,048 in all. When all are taken, the oldest of the address that holds most is closed,
 * so that one busy stranger cannot shut out the others; loopback and the owner's socket have a reserve.
 */
import type { Socket } from 'node:net'
import type { Connection } from './connection.ts'
import { guessBucket } from '../core/address.ts'

export interface CapSettings {
  readonly perPeer: number
  readonly total: number
  readonly reserve: number
  /** A trusted proxy stands for many people: the total alone bounds it. */
  readonly isTrusted: (address: string) => boolean
}

export interface SocketCaps {
  /** Closes the newcomer, or an older one in its favour, when there is no room. */
  admit(socket: Socket, connection: Connection): void
  /** The connection belongs to somebody: a request or a handshake on it was allowed. */
  settle(socket: Socket): void
  /** Sockets that nobody has authenticated on. */
  readonly waiting: number
}

export function socketCaps({ perPeer, total, reserve, isTrusted }: CapSettings): SocketCaps {
  const byAddress = new Map<string, Set<Socket>>()
  const keyOf = new WeakMap<Socket, string>()
  const counter = { waiting: 0 }

  const forget = (socket: Socket): void => {
    const key = keyOf.get(socket)
    if (key === undefined) return
    keyOf.delete(socket)
    counter.waiting -= 1
    const group = byAddress.get(key)
    group?.delete(socket)
    if (group?.size === 0) byAddress.delete(key)
  }
  const closeOldestOfBusiest = (): void => {
    const groups = [...byAddress.values()]
    const busiest = groups.reduce(
      (most, group) => (group.size > most.size ? group : most),
      groups[0] ?? new Set<Socket>(),
    )
    const [oldest] = busiest
    if (oldest === undefined) return
    forget(oldest)
    oldest.destroy()
  }
  return {
    get waiting() {
      return counter.waiting
    },
    admit(socket, connection) {
      const near = connection.loopback || connection.listener === 'owner'
      const key = connection.listener === 'owner' ? 'owner' : guessBucket(connection.remote.address)
      const group = byAddress.get(key) ?? new Set<Socket>()
      const bounded = !near && !isTrusted(connection.remote.address)
      if (bounded && group.size >= perPeer) {
        socket.destroy()
        return
      }
      if (counter.waiting >= (near ? total + reserve : total)) closeOldestOfBusiest()
      group.add(socket)
      byAddress.set(key, group)
      keyOf.set(socket, key)
      counter.waiting += 1
      socket.once('close', () => forget(socket))
    },
    settle: forget,
  }
}
