/** A message of ours, as Discord takes it. */
import { hash } from 'node:crypto'
import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type APIActionRowComponent,
  type APIButtonComponent,
  type RESTPostAPIChannelMessageJSONBody,
} from '@discordjs/core/http-only'
import type { Button, Outgoing, Sent } from '../types.ts'
import { sentOr } from './errors.ts'
import type { Ask } from './rest.ts'

const BUTTONS_IN_A_ROW = 5

/** Ids are numbers. Anything else would be a way to another address of Discord. */
export function isId(text: string): boolean {
  return /^\d{1,20}$/.test(text)
}

export async function sendMessage(ask: Ask, message: Outgoing, signal: AbortSignal): Promise<Sent> {
  const { id } = message.to
  if (!isId(id)) return { kind: 'refused', problem: 'no channel has such an id' }
  return sentOr(async () => {
    const sent = await ask(
      ({ channels }, stop) => channels.createMessage(id, bodyOf(message), { signal: stop }),
      signal,
    )
    return sent.id
  })
}

/** Twice is once: a message that says so already is changed to what it says. */
export async function editMessage(
  ask: Ask,
  messageId: string,
  { message, signal }: { readonly message: Outgoing; readonly signal: AbortSignal },
): Promise<Sent> {
  const { to, text } = message
  if (!isId(to.id) || !isId(messageId))
    return { kind: 'refused', problem: 'no message has such an id' }
  return sentOr(async () => {
    const body = {
      content: text,
      allowed_mentions: { parse: [] },
      flags: MessageFlags.SuppressEmbeds,
    }
    await ask(
      ({ channels }, stop) => channels.editMessage(to.id, messageId, body, { signal: stop }),
      signal,
    )
    return messageId
  })
}

function bodyOf({ id, text, replyTo, buttons }: Outgoing): RESTPostAPIChannelMessageJSONBody {
  return {
    content: text,
    // Discord knows a repetition by it for some minutes, and answers with the message that is there.
    nonce: hash('sha256', id, 'base64url').slice(0, 25),
    enforce_nonce: true,
    // Whatever an agent was talked into writing, it calls nobody: not @everyone, no role, no person.
    allowed_mentions: { parse: [] },
    // To show a preview Discord would fetch addresses that an agent was talked into writing.
    flags: MessageFlags.SuppressEmbeds,
    ...(replyTo !== null &&
      isId(replyTo) && {
        message_reference: { message_id: replyTo, fail_if_not_exists: false },
      }),
    ...(buttons.length > 0 && { components: rowsOf(buttons) }),
  }
}

function rowsOf(buttons: readonly Button[]): APIActionRowComponent<APIButtonComponent>[] {
  const count = Math.ceil(buttons.length / BUTTONS_IN_A_ROW)
  return Array.from({ length: count }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: buttons
      .slice(row * BUTTONS_IN_A_ROW, (row + 1) * BUTTONS_IN_A_ROW)
      .map(({ label, data }) => ({
        type: ComponentType.Button,
        style: ButtonStyle.Secondary,
        label: label.slice(0, 80),
        custom_id: data,
      })),
  }))
}
