/** Every check of the audit. To add one: write its file, add its line, and its two states to `test/audit/`. */
import type { Check } from '../types.ts'
import { API_KEYS } from './apikeys/index.ts'
import { CHANNELS } from './channels/index.ts'
import { CONFIG } from './config/index.ts'
import { FS } from './fs/index.ts'
import { GATEWAY } from './gateway/index.ts'
import { SECRETS } from './secrets/index.ts'
import { SESSIONS } from './sessions/index.ts'
import { TOOLS } from './tools/index.ts'

export const CHECKS: readonly Check[] = [
  ...CONFIG,
  ...GATEWAY,
  ...CHANNELS,
  ...SESSIONS,
  ...TOOLS,
  ...API_KEYS,
  ...FS,
  ...SECRETS,
]

/** Those that say something true where the configuration cannot be read. */
export const WITHOUT_CONFIG: readonly Check[] = [...CONFIG, ...FS]
