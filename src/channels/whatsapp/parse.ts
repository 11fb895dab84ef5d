/** What came from WhatsApp, as the gateway sees messages of every network. Nothing is taken on trust but ids. */
import * as z from 'zod'
import type { Envelope } from '../../senders/admit.ts'
import type { Incoming, Press } from '../types.ts'
import { isPhoneNumber } from './phone-number.ts'

export type Delivered =
  | { readonly kind: 'message'; readonly incoming: Incoming }
  | { readonly kind: 'press'; readonly press: Press }
  /** A message of ours could not be delivered. */
  | { readonly kind: 'undelivered'; readonly code: number }
  /** For another number of the same app (R57). */
  | { readonly kind: 'foreign' }

const delivery = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.object({ changes: z.array(z.unknown()) })),
})

const change = z.object({
  field: z.literal('messages'),
  value: z.object({
    metadata: z.object({ phone_number_id: z.string() }),
    contacts: z.array(z.unknown()).default([]),
    messages: z.array(z.unknown()).default([]),
    statuses: z.array(z.unknown()).default([]),
  }),
})
type Value = z.output<typeof change>['value']

const contact = z.object({ wa_id: z.string(), profile: z.object({ name: z.string() }) })

const message = z.object({
  id: z.string().min(1),
  type: z.string(),
  /** Missing for somebody who hides their number: nobody who could be allowed. */
  from: z.string().default(''),
  timestamp: z.string().default(''),
  group_id: z.unknown().optional(),
  context: z
    .object({ forwarded: z.boolean().optional(), frequently_forwarded: z.boolean().optional() })
    .optional()
    .catch(undefined),
  text: z.object({ body: z.string() }).optional().catch(undefined),
  button: z.object({ payload: z.string() }).optional().catch(undefined),
  interactive: z
    .object({
      button_reply: z.object({ id: z.string() }).optional(),
      list_reply: z.object({ id: z.string() }).optional(),
    })
    .optional()
    .catch(undefined),
})
type Message = z.output<typeof message>

const failedStatus = z.object({
  status: z.literal('failed'),
  errors: z.array(z.object({ code: z.number() })).min(1),
})

/** Nobody wrote anything: a heart under a message of ours, a changed number, a chat that was opened. */
const NO_MESSAGE: ReadonlySet<string> = new Set(['reaction', 'system', 'request_welcome'])

/** `null`: no delivery of WhatsApp's. What later versions of the API add is left out. */
export function parseDelivery(value: unknown, phoneNumberId: string): readonly Delivered[] | null {
  const parsed = delivery.safeParse(value)
  if (!parsed.success) return null
  return parsed.data.entry
    .flatMap(({ changes }) => changes)
    .flatMap((found): readonly Delivered[] => {
      const { success, data } = change.safeParse(found)
      if (!success) return []
      const ours = data.value.metadata.phone_number_id === phoneNumberId
      return ours ? inValue(data.value) : [{ kind: 'foreign' }]
    })
}

function inValue({ contacts, messages, statuses }: Value): readonly Delivered[] {
  const names = new Map(
    contacts.flatMap((found): [string, string][] => {
      const { success, data } = contact.safeParse(found)
      return success ? [[data.wa_id, data.profile.name]] : []
    }),
  )
  const received = messages.flatMap((found) => {
    const { success, data } = message.safeParse(found)
    return success ? fromMessage(data, names) : []
  })
  const failed = statuses.flatMap((found): readonly Delivered[] => {
    const code = failedStatus.safeParse(found).data?.errors[0]?.code
    return code === undefined ? [] : [{ kind: 'undelivered', code }]
  })
  return [...received, ...failed]
}

function fromMessage(found: Message, names: ReadonlyMap<string, string>): readonly Delivered[] {
  // Groups are not served here: taken for a direct message, one would be answered with what is meant for its writer alone (R52).
  if (found.group_id !== undefined || NO_MESSAGE.has(found.type)) return []
  const envelope = envelopeOf(found.from, names)
  const data = pressed(found)
  if (data !== null) return [{ kind: 'press', press: { ...envelope, pressId: found.id, data } }]
  const at = Number(found.timestamp) * 1_000
  return [
    {
      kind: 'message',
      incoming: {
        ...envelope,
        messageId: found.id,
        at: Number.isSafeInteger(at) ? at : 0,
        forwarded:
          found.context?.forwarded === true || found.context?.frequently_forwarded === true,
        read: () => (found.type === 'text' ? (found.text?.body ?? null) : null),
      },
    },
  ]
}

/** What stands on a button of ours, of a list or of a template: what was pressed, and no proof of who did (R18). */
function pressed({ type, button, interactive }: Message): string | null {
  if (type === 'button') return button?.payload ?? null
  if (type !== 'interactive') return null
  return interactive?.button_reply?.id ?? interactive?.list_reply?.id ?? null
}

/** Names in a profile are anybody's to choose. */
function envelopeOf(from: string, names: ReadonlyMap<string, string>): Envelope {
  const id = isPhoneNumber(from) ? from : ''
  return {
    conversation: { kind: 'dm', id },
    sender: { id, names: [], displayName: names.get(from) ?? '' },
    addressed: true,
  }
}
