/** A live connection of a node, as whoever runs commands on it sees it. */
import type { NodeConnection } from '../../nodes/types.ts'
import { directEventText } from './frame-text.ts'
import type { LiveConnection } from './live-connection.ts'
import { plain } from './presence.ts'

/** `null`: it is the connection of no node. */
export function nodeConnection(connection: LiveConnection): NodeConnection | null {
  const { upgraded, admitted, decision, outlet } = connection
  const { device } = decision
  if (device === null || device.role !== 'node' || admitted.claimed === null) return null
  return {
    connectionId: upgraded.connectionId,
    nodeId: device.id,
    claimed: admitted.claimed,
    version: plain(admitted.params.client.version),
    connectedAt: connection.connectedAt,
    send: (event, payload) => outlet.send(directEventText(event, payload)),
    get gone() {
      return connection.gone
    },
  }
}
