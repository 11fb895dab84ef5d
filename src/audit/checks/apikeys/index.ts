/** Checks of API keys (SPEC 9, `apikeys.*`). */
import type { Check } from '../../types.ts'
import { broad } from './broad.ts'
import { expired } from './expired.ts'
import { noExpiry } from './no-expiry.ts'
import { plainText } from './plain-text.ts'
import { unreadable } from './unreadable.ts'
import { weakKey } from './weak.ts'

export const API_KEYS: readonly Check[] = [unreadable, plainText, weakKey, broad, noExpiry, expired]
