/** What Telegram sends to our webhook: believed by its secret token alone, and read only then (R21). */
import type { Update } from 'grammy/types'
import { jsonOf } from '../../core/json.ts'
import { Secret } from '../../core/secret.ts'
import type { HookAnswer, HookRequest } from '../types.ts'

const SECRET_HEADER = 'x-telegram-bot-api-secret-token'

/** `take`: resolves when what came is kept. */
export async function hookTelegram(
  { method, header, body }: HookRequest,
  secret: Secret,
  take: (update: Update) => Promise<void>,
): Promise<HookAnswer> {
  const shown = header(SECRET_HEADER)
  if (shown === null) return { kind: 'unsigned' }
  if (!new Secret(shown).equals(secret)) return { kind: 'forged' }
  const update = method === 'POST' ? jsonOf(body.toString()) : undefined
  if (!isUpdate(update)) return { kind: 'unreadable' }
  await take(update)
  return { kind: 'taken', body: '' }
}

function isUpdate(value: unknown): value is Update {
  return (
    typeof value === 'object' &&
    value !== null &&
    'update_id' in value &&
    typeof value.update_id === 'number'
  )
}
