/** Every piece of configuration that guides for OpenClaw print. */
import type { PrintedSnippet } from './printed.ts'
import { CHAT_SNIPPETS } from './snippets-chat.ts'
import { GATEWAY_SNIPPETS } from './snippets-gateway.ts'
import { REST_SNIPPETS } from './snippets-rest.ts'

export const PRINTED_SNIPPETS: readonly PrintedSnippet[] = [
  ...CHAT_SNIPPETS,
  ...GATEWAY_SNIPPETS,
  ...REST_SNIPPETS,
]
