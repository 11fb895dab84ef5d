/** Checks of the configuration as a whole: what stands in the way of a start. */
import type { Check } from '../../types.ts'
import { doesNotStart } from './does-not-start.ts'
import { unreadableConfig } from './unreadable.ts'
import { unresolved } from './unresolved.ts'
import { withoutEffect } from './without-effect.ts'

export const CONFIG: readonly Check[] = [unreadableConfig, doesNotStart, unresolved, withoutEffect]
