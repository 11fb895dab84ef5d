/** Checks of secrets at rest (SPEC 9, `secrets.*`). */
import type { Check } from '../../types.ts'
import { configPlainSecret } from './config-plain-secret.ts'
import { credentialsReadable } from './credentials-readable.ts'
import { identityBeside } from './identity-beside.ts'
import { identityReadable } from './identity-readable.ts'
import { identityVersioned } from './identity-versioned.ts'
import { notOpened } from './not-opened.ts'
import { plainFile } from './plain-file.ts'

export const SECRETS: readonly Check[] = [
  plainFile,
  identityReadable,
  identityBeside,
  identityVersioned,
  credentialsReadable,
  notOpened,
  configPlainSecret,
]
