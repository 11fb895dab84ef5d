/** Commands of the gateway itself in a chat: each with the rights of whoever wrote it, never those of the channel (R50). */
import type { Place } from './answering.ts'
import type { Conversations } from '../agents/conversations.ts'
import { holds } from '../access/scopes.ts'
import type { Clock } from '../core/clock.ts'
import { harmless } from '../core/harmless.ts'
import { pairingCommand } from './command-pairing.ts'
import type { OwnerPorts } from './owner-decides.ts'
import type { Received } from './store.ts'

export interface CommandPorts extends OwnerPorts {
  readonly conversations: Pick<Conversations, 'reset'>
  readonly clock: Clock
}

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
    case 'reset':
    case 'new':
      return reset(place, ports)
    case 'status':
      return status(place)
    case 'start':
    case 'help':
      return help(place)
    case 'pairing':
      return pairingCommand(argument, place.caller, ports)
    default:
      return null
  }
}

/** The id that stands in `allowFrom` and `commands.ownerAllowFrom`, for whoever wants to be put there. */
function whoami({ sender, conversation }: Received, { caller, sessionKey }: Place): string {
  const { principal } = caller
  const name = harmless(sender.displayName)
  return [
    `id: ${principal.id}`,
    `name: ${name === '' ? 'unknown' : name}`,
    `owner: ${principal.scopes.length > 0 ? 'yes' : 'no'}`,
    `chat: ${conversation.kind === 'dm' ? 'direct message' : `group ${conversation.id}`}`,
    `session: ${sessionKey}`,
  ].join('\n')
}

/** Nobody empties what others have a part in, but the owner. */
async function reset(
  { caller, sessionKey, own }: Place,
  { conversations, clock }: CommandPorts,
): Promise<string> {
  if (!own && !holds(caller.principal.scopes, 'operator.admin'))
    return 'Others have a part in this conversation: only the owner may begin it anew.'
  return (await conversations.reset(sessionKey, clock()))
    ? 'We begin anew. What was said before is kept.'
    : 'This conversation is new already.'
}

/** What everybody may ask here; `/start` is what Telegram sends for somebody who opens the chat. */
function help({ own, caller }: Place): string {
  const owner = holds(caller.principal.scopes, 'operator.admin')
  return [
    'Write what you want; the agent answers. Or:',
    '/whoami – who you are here',
    ...(own || owner ? ['/new – begin our conversation anew'] : []),
    '/status – which agent answers',
    ...(owner ? ['/pairing list – who asks to write', '/pairing approve <channel> <code>'] : []),
  ].join('\n')
}

function status({ agentId, sessionKey }: Place): string {
  return [`agent: ${agentId}`, `session: ${sessionKey}`].join('\n')
}
