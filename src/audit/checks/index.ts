/** Every check of the audit. To add one: write its file, add its line, and its two states to `checks.test.ts`. */
import type { Check } from '../types.ts'
import { FS } from './fs/index.ts'
import { GATEWAY } from './gateway/index.ts'
import { SECRETS } from './secrets/index.ts'

export const CHECKS: readonly Check[] = [...GATEWAY, ...FS, ...SECRETS]
