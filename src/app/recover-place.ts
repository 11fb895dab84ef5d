/** The state dir as the steps of `openclaw recover` see it. */
import { randomBytes } from 'node:crypto'
import type { Io } from '../cli/types.ts'
import type { ConfigHost } from '../config/host-port.ts'
import { systemClock } from '../core/clock.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { configHost } from '../host/config-host.ts'
import { Aside } from '../recover/aside.ts'
import { StoreLook } from '../recover/store-copy.ts'
import type { Place } from '../recover/types.ts'
import { openApiKeysFile } from '../storage/api-keys-file.ts'
import { apiKeyRules } from './api-key-rules.ts'
import { keysLikeSecrets } from './key-classes.ts'

export function placeFor(stateDir: string, io: Io, now: number): Place {
  const keyRules = apiKeyRules(new Fingerprints(randomBytes(32)))
  return {
    stateDir,
    request: { variables: io.env, flags: {}, host: rememberingHost(io.env), missing: 'refuse' },
    uid: process.getuid?.() ?? null,
    aside: new Aside(stateDir, now),
    clock: systemClock,
    keyRules,
    async sharedWithKeys(config) {
      const path = config.security.apiKeys.file
      const opened = await openApiKeysFile({ path, strict: false, ...keyRules })
      return opened.kind === 'opened' ? keysLikeSecrets(config, opened.keys) : []
    },
    made: new Set(),
    store: new StoreLook(stateDir),
  }
}

/** The configuration is read many times, and a program that hands out a secret may ask a person each time. */
function rememberingHost(env: Io['env']): ConfigHost {
  const host = configHost(env)
  const answers = new Map<string, ReturnType<ConfigHost['run']>>()
  return {
    ...host,
    run(command, variables) {
      const key = JSON.stringify(command)
      const answer = answers.get(key) ?? host.run(command, variables)
      answers.set(key, answer)
      return answer
    },
  }
}
