/** Checks of who may write to the agents on chat networks (SPEC 9, `channels.*`). */
import type { Check } from '../../types.ts'
import { allowlistInvalid } from './allowlist-invalid.ts'
import { allowlistMissing } from './allowlist-missing.ts'
import { allowlistUnpinnedNames } from './allowlist-unpinned-names.ts'
import { dmOpen } from './dm-open.ts'
import { dmOpenWithoutWildcard } from './dm-open-without-wildcard.ts'
import { dmWildcardWithoutOpen } from './dm-wildcard-without-open.ts'
import { groupsOpen } from './groups-open.ts'
import { ownerUnknown } from './owner-unknown.ts'
import { webhookNoSecret } from './webhook-no-secret.ts'

export const CHANNELS: readonly Check[] = [
  dmOpen,
  dmOpenWithoutWildcard,
  dmWildcardWithoutOpen,
  groupsOpen,
  allowlistMissing,
  allowlistUnpinnedNames,
  allowlistInvalid,
  webhookNoSecret,
  ownerUnknown,
]
