/** Messages of ours, as the Cloud API wants them. */
import type { Button, Outgoing } from '../types.ts'

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages */
export const MOST_BUTTONS = 3
const MOST_BUTTON_TEXT = 1_024
const MOST_LABEL = 20
/** `biz_opaque_callback_data`: comes back with each status of the message. */
const MOST_CALLBACK_DATA = 512

type Part = Pick<Outgoing, 'id' | 'to' | 'replyTo'>

export function textMessage({ id, to, replyTo, text }: Part & Pick<Outgoing, 'text'>): object {
  return {
    ...envelope({ id, to, replyTo }),
    type: 'text',
    text: { body: text, preview_url: false },
  }
}

export function buttonMessage({
  id,
  to,
  replyTo,
  text,
  buttons,
}: Part & Pick<Outgoing, 'text' | 'buttons'>): object {
  return {
    ...envelope({ id, to, replyTo }),
    type: 'interactive',
    interactive: { type: 'button', body: { text }, action: { buttons: buttons.map(reply) } },
  }
}

/** Its text has no room beside buttons: it goes first, and the buttons answer it (R19: nothing is cut off). */
export function needsTwo({ text, buttons }: Pick<Outgoing, 'text' | 'buttons'>): boolean {
  return buttons.length > 0 && text.length > MOST_BUTTON_TEXT
}

function envelope({ id, to, replyTo }: Part): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.id,
    ...(replyTo !== null && { context: { message_id: replyTo } }),
    biz_opaque_callback_data: id.slice(0, MOST_CALLBACK_DATA),
  }
}

function reply({ label, data }: Button): object {
  // Half a character at the cut would make the whole message invalid.
  const title = label.slice(0, MOST_LABEL).replace(/[\uD800-\uDBFF]$/, '')
  return { type: 'reply', reply: { id: data, title } }
}
