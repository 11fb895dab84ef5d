/** The pairing desk as the server and the operations use it, and what others hear of it. */
import { approveUnasked, ask } from '../pairing/resolve.ts'
import { confirm, issued, tokenFor } from '../pairing/manage.ts'
import { claim } from '../pairing/nodes.ts'
import { claimedSurface } from '../pairing/surface.ts'
import { redeem } from '../pairing/redeem.ts'
import type { PairingDesk, PairingEvent } from '../pairing/desk.ts'
import type { EventBus } from '../operations/types.ts'
import { requestView } from '../operations/device-view.ts'
import { surfaceRequestView } from '../operations/node-view.ts'
import type { Pairing } from '../server/gateway.ts'
import type { WebSocketSurface } from '../server/websocket/upgrade.ts'
import { unreachable } from '../core/never.ts'
import type { Clock } from '../core/clock.ts'

export function pairingPort(desk: PairingDesk): Pairing {
  return {
    ask: (wish) => ask(desk, wish),
    approveUnasked: (wish, by) => approveUnasked(desk, wish, by),
    redeem: (digest, wish) => redeem(desk, digest, wish),
    issued: (deviceId, role) => issued(desk, deviceId, role),
    reissue: (deviceId, role) => tokenFor(desk, deviceId, role),
    confirm: (deviceId, role) => confirm(desk, deviceId, role),
    claim: (nodeId, surface) => {
      const claimed = claimedSurface(surface)
      return { claimed, asked: claim(desk, nodeId, claimed) }
    },
    tookAway: (deviceId) => desk.tookAway(deviceId),
    saw: (deviceId, role) => desk.saw(deviceId, role),
  }
}

/** Events that this file publishes. */
export const PAIRING_EVENTS = [
  'device.pair.requested',
  'device.pair.resolved',
  'device.pair.changed',
  'node.pair.requested',
  'node.pair.resolved',
] as const

export interface Hearers {
  readonly bus: EventBus
  readonly sockets: () => Pick<WebSocketSurface, 'cutDevice' | 'judgeDevice' | 'node'> | null
  readonly clock: Clock
}

/** Tells connected operators of what happened, and ends connections that have lost their ground (PROTOCOL 3.2). */
export function announcePairing({ bus, sockets, clock }: Hearers): (event: PairingEvent) => void {
  const tell = (event: string, payload: object): void =>
    bus.publish({ event, payload, scope: 'operator.pairing', droppable: false })
  return (event) => {
    switch (event.kind) {
      case 'requested':
        return tell('device.pair.requested', requestView(event.request))
      case 'resolved': {
        const { requestId, deviceId, decision } = event
        return tell('device.pair.resolved', { requestId, deviceId, decision, ts: clock() })
      }
      case 'surface-requested':
        return tell('node.pair.requested', surfaceRequestView(event.device, event.request))
      case 'surface-resolved': {
        const { requestId, nodeId, decision } = event
        const resolved = { requestId, nodeId, decision, ts: clock() }
        tell('node.pair.resolved', resolved)
        // The node itself waits for it, and hears nothing of the others'.
        return sockets()?.node(nodeId)?.send('node.pair.resolved', resolved)
      }
      case 'changed':
        return tell('device.pair.changed', {})
      case 'retired':
        return sockets()?.judgeDevice(event.deviceId)
      case 'cut':
        return sockets()?.cutDevice(event.deviceId, event.role)
      default:
        return unreachable(event)
    }
  }
}
