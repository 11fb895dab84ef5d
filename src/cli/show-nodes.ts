/** Prints nodes for people: which there are, what they may run, what they ask for. */
import { oneCell } from './devices.ts'
import { shortId } from '../core/ids.ts'
import { nodeName, type KnownNode, type WaitingSurface } from './nodes.ts'
import { fromNow, line, localTime } from './output.ts'
import { labelled, table } from './table.ts'
import type { Context } from './types.ts'

export function showNodes(nodes: readonly KnownNode[], context: Context): void {
  table(
    context,
    ['node', 'name', 'state', 'last seen', 'commands'],
    nodes.map((node) => [
      shortId(node.nodeId),
      nodeName(node),
      node.approvalState ?? '-',
      node.connected ? 'connected now' : fromNow(node.lastSeenAtMs, context.now()),
      inWords(node.commands),
    ]),
  )
}

export function showNode(node: KnownNode, context: Context): void {
  const facts = [
    ['node', node.nodeId],
    ['name', nodeName(node)],
    ['platform', oneCell(node.platform ?? '')],
    ['version', oneCell(node.version ?? '')],
    ['state', node.approvalState ?? '-'],
    ['seen', seen(node)],
    ['caps', inWords(node.caps)],
    ['commands', inWords(node.commands)],
  ] as const
  for (const [name, fact] of facts) labelled(context, name.padEnd(10), fact)
  const { pendingRequestId } = node
  if (pendingRequestId !== undefined)
    line(context, `it asks for more: \`openclaw nodes approve ${pendingRequestId}\``)
}

/** All that an approval allows (R19), each name by itself: nothing hides behind the end of a line. */
export function showSurface(request: WaitingSurface, context: Context): void {
  line(context, `  request   ${request.requestId}`)
  line(context, `  node      ${nodeName(request)}`)
  line(context, `  key       ${request.nodeId}`)
  labelled(context, '  caps      ', inWords(request.caps))
  labelled(context, '  needs     ', inWords(request.requiredApproveScopes))
  line(context, `  commands  ${request.commands.length === 0 ? 'none' : ''}`.trimEnd())
  for (const command of request.commands) line(context, `    ${command}`)
}

function seen({ connected, lastSeenAtMs }: KnownNode): string {
  if (connected) return 'connected now'
  return lastSeenAtMs === undefined ? 'never' : localTime(lastSeenAtMs)
}

function inWords(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
