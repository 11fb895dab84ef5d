/** Checks of files that decide who gets in (SPEC 9, `fs.*`). */
import type { Check } from '../../types.ts'
import { configReadable } from './config-readable.ts'
import { stateDirWritable } from './state-dir-writable.ts'

export const FS: readonly Check[] = [stateDirWritable, configReadable]
