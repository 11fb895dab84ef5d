/** A key that was just made: on standard output alone, so that a script can take it; what to do with it goes beside. */
import { json, line, localTime } from './output.ts'
import type { MadeKey } from './parts.ts'
import type { Context } from './types.ts'

export function showKeyOnce(made: MadeKey, context: Context, asJson: boolean): void {
  if (asJson) {
    json(context, made)
    return
  }
  line(context, made.key)
  const until =
    made.expiresAt === null ? 'until it is revoked' : `until ${localTime(made.expiresAt)}`
  context.stderr(
    `This is the key ${made.id}; it is not shown again. It is valid ${until}.\n` +
      `Send it as \`Authorization: Bearer …\` or \`X-API-Key: …\`; \`openclaw api-keys revoke ${made.id}\` ends it.\n`,
  )
}
