/** Checks of what agents may run (SPEC 9, `tools.*`). */
import type { Check } from '../../types.ts'
import { execUnsandboxed } from './exec-unsandboxed.ts'
import { execWithOpenDm } from './exec-with-open-dm.ts'

export const TOOLS: readonly Check[] = [execUnsandboxed, execWithOpenDm]
