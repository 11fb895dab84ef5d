/** WhatsApp, over the Cloud API (https://developers.facebook.com/docs/whatsapp/cloud-api): its webhook calls us. */
import type { Secret } from '../../core/secret.ts'
import type { EntryKind } from '../../senders/rules.ts'
import type { ChannelKind } from '../kind.ts'
import { isPhoneNumber } from './phone-number.ts'

export interface WhatsappSettings {
  readonly token?: Secret | undefined
  /** `https://graph.facebook.com/v23.0` where it is missing. */
  readonly apiBase?: string | undefined
  readonly phoneNumberId?: string | undefined
  /** Signs what comes. */
  readonly appSecret?: Secret | undefined
  /** Shown once, when the webhook is set up. */
  readonly verifyToken?: Secret | undefined
}

const NEEDED = ['token', 'phoneNumberId', 'appSecret', 'verifyToken'] as const

export const whatsapp: ChannelKind<WhatsappSettings> = {
  id: 'whatsapp',
  label: 'WhatsApp',
  entryKind,
  problemOf(settings) {
    const missing = NEEDED.filter((name) => settings[name] === undefined)
    return missing.length === 0
      ? null
      : `${missing.join(', ')} missing: the app's page at https://developers.facebook.com has them`
  },
  async open(ref, settings, ports) {
    const { openWhatsapp } = await import('./account.ts')
    return openWhatsapp(ref, settings, ports)
  },
}

/** Phone numbers, as WhatsApp writes them: digits alone, the country's first. */
function entryKind(entry: string): EntryKind {
  const text = entry.replace(/^whatsapp:/i, '').trim()
  const digits = text.replace(/^\+|^00/, '').replace(/[\s().-]/g, '')
  return isPhoneNumber(digits)
    ? { kind: 'id', id: digits }
    : { kind: 'invalid', problem: 'a phone number with its country code, such as +1234567890' }
}
