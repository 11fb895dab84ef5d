/** Every command that guides for OpenClaw print, once. To add one: its entry in the file of its topic. */
import { CHAT_COMMANDS } from './commands-chat.ts'
import { ELSEWHERE_COMMANDS } from './commands-elsewhere.ts'
import { GATEWAY_COMMANDS } from './commands-gateway.ts'
import { REST_COMMANDS } from './commands-rest.ts'
import type { PrintedCommand } from './printed.ts'

export const PRINTED_COMMANDS: readonly PrintedCommand[] = [
  ...CHAT_COMMANDS,
  ...GATEWAY_COMMANDS,
  ...REST_COMMANDS,
  ...ELSEWHERE_COMMANDS,
]
