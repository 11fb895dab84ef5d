/** Checks of how the gateway is reached and whom it lets in (SPEC 9, `gateway.*`). */
import type { Check } from '../../types.ts'
import { bindNoAuth } from './bind-no-auth.ts'

export const GATEWAY: readonly Check[] = [bindNoAuth]
