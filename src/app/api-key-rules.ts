/** By which rules the API key file is read: the same for the gateway and for the command line. */
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import { weakness } from '../config/weak-secrets.ts'
import { systemClock } from '../core/clock.ts'
import type { Fingerprints } from '../core/fingerprint.ts'
import { readPrivateFile } from '../host/permissions.ts'
import type { ApiKeysFileOptions } from '../storage/api-keys-file.ts'

export function apiKeyRules(
  fingerprints: Fingerprints,
): Omit<ApiKeysFileOptions, 'path' | 'strict'> {
  return {
    scopesOf: scopesOfPermissions,
    weakness: (key) => weakness(key, 'api-key'),
    fingerprint: (key) => fingerprints.own(key),
    checkFile: whyUntrusted,
    clock: systemClock,
  }
}

/** In words why its owner or permissions cannot be trusted. */
async function whyUntrusted(path: string): Promise<string | null> {
  const file = await readPrivateFile(path)
  return file.kind === 'refused' ? `${path} ${file.why}. ${file.fix}` : null
}
