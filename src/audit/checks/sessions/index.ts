/** Checks of conversations (SPEC 9, `sessions.*`). */
import type { Check } from '../../types.ts'
import { dmScopeShared } from './dm-scope-shared.ts'

export const SESSIONS: readonly Check[] = [dmScopeShared]
