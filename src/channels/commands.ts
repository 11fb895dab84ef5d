/** Commands of the gateway itself in a chat: each with the rights of whoever wrote it, never those of the channel (R50). */
import type { Place } from './answering.ts'
import { pairingCommand } from './command-pairing.ts'
import type { OwnerPorts } from './owner-decides.ts'
import type { Received } from './store.ts'

export type CommandPorts = OwnerPorts

/** The answer; `null` for what is none of these: the agent gets it. */
export async function commandIn(
  message: Received,
  place: Place,
  ports: CommandPorts,
): Promise<string | null> {
  const [, name = '', argument = ''] =
    /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(message.text.trim()) ?? []
  switch (name.toLowerCase()) {
    case 'whoami':
      return whoami(message, place)
    case 'pairing':
      return pairingCommand(argument, place.caller, ports)
    default:
      return null
  }
}

/** The id that stands in `allowFrom` and `commands.ownerAllowFrom`, for whoever wants to be put there. */
function whoami({ sender, conversation }: Received, { caller, sessionKey }: Place): string {
  const { principal } = caller
  return [
    `id: ${principal.id}`,
    `name: ${sender.displayName === '' ? 'unknown' : sender.displayName}`,
    `owner: ${principal.scopes.length > 0 ? 'yes' : 'no'}`,
    `chat: ${conversation.kind === 'dm' ? 'direct message' : `group ${conversation.id}`}`,
    `session: ${sessionKey}`,
  ].join('\n')
}
