/** One open WebSocket before it said anything: what its upgrade showed. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Evidence } from '../../access/types.ts'
import type { Connection } from '../connection.ts'
import type { RequestHead } from '../evidence.ts'

export interface Upgraded {
  readonly webSocket: WebSocket
  readonly socket: Socket
  /** Kept while the connection lives: under other proxies the same headers say something else. */
  readonly request: RequestHead
  readonly evidence: Evidence
  readonly connection: Connection
  /** Names the connection to its client and in presence; no secret. */
  readonly connectionId: string
  /** Of the rules in force when it was opened: it is judged by these or newer ones. */
  readonly generation: number
}
