/** The nodes that a gateway knows, and what they ask to be allowed, as its answers show them (PROTOCOL 3.7). */
import { z } from 'zod'
import type { Asked } from './client.ts'
import { oneCell } from './devices.ts'
import type { Wanted } from './ids.ts'
import type { Requests } from './requests.ts'

const said = {
  nodeId: z.string(),
  displayName: z.string().nullish(),
  platform: z.string().optional(),
  clientId: z.string().optional(),
  caps: z.array(z.string()).default([]),
  commands: z.array(z.string()).default([]),
}

export const nodeShape = z.looseObject({
  ...said,
  version: z.string().optional(),
  approvalState: z.string().optional(),
  connected: z.boolean().default(false),
  lastSeenAtMs: z.number().optional(),
  pendingRequestId: z.string().optional(),
})

const surfaceShape = z.looseObject({
  ...said,
  requestId: z.string(),
  requiredApproveScopes: z.array(z.string()).default([]),
})

const listShape = z.looseObject({ nodes: z.array(nodeShape) })
const pairingShape = z.looseObject({
  pending: z.array(surfaceShape),
  paired: z.array(z.looseObject({ nodeId: z.string() })),
})

export type KnownNode = z.output<typeof nodeShape>
export type WaitingSurface = z.output<typeof surfaceShape>
export type NodeList = z.output<typeof listShape>
export type NodePairing = z.output<typeof pairingShape>

export const NODE_LIST: Asked<NodeList> = { method: 'node.list', shape: listShape }
export const NODE_PAIRING: Asked<NodePairing> = { method: 'node.pair.list', shape: pairingShape }

/** For every command that names a node. */
export const NODE_ARGUMENT = {
  name: 'node',
  description: 'its id, or the first 8 characters of it or more',
  required: false,
} as const
export const NODE_OPTION = { flags: '--node <id>', description: 'the same as an option' }

/** For every command that names a request. */
export const SURFACE_ARGUMENT = {
  name: 'request',
  description: 'its id, or that of the node that asks; the first 8 characters or more',
  required: true,
} as const

/** For whoever may ask nodes. */
export function knownNode(command: string): Wanted<NodeList> {
  const ids = ({ nodes }: NodeList) => nodes.map(({ nodeId }) => nodeId)
  return { command, what: 'node', list: NODE_LIST, ids }
}

/** For whoever may change them. */
export function pairedNode(command: string): Wanted<NodePairing> {
  const ids = ({ paired }: NodePairing) => paired.map(({ nodeId }) => nodeId)
  return { command, what: 'node', list: NODE_PAIRING, ids }
}

/** What nodes ask to be allowed. */
export function waitingSurfaces(
  command: string,
  pending: readonly WaitingSurface[],
): Requests<WaitingSurface> {
  return {
    command,
    shownBy: 'openclaw nodes pending',
    nobody: 'no node asks for anything now; `openclaw nodes list` shows what is allowed',
    pending,
    asker: ({ nodeId }) => nodeId,
    name: nodeName,
  }
}

type Named = Pick<KnownNode, 'displayName' | 'platform' | 'clientId'>

export function nodeName({ displayName, platform, clientId }: Named): string {
  return oneCell(displayName ?? platform ?? clientId ?? '-')
}
