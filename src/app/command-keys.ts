/** The API key file, as the command line edits it while no gateway runs: by the very code that the gateway edits it with. */
import { randomBytes } from 'node:crypto'
import type { KeyChange, KeyFile, MadeKey } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { load } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { systemClock } from '../core/clock.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { configHost } from '../host/config-host.ts'
import { shown } from '../operations/api-keys-create.ts'
import { parseExpiry } from '../operations/api-keys-expiry.ts'
import { viewOf } from '../operations/api-keys-view.ts'
import { Refusal } from '../operations/types.ts'
import { openApiKeysFile, type ApiKeysFile } from '../storage/api-keys-file.ts'
import { apiKeyRules } from './api-key-rules.ts'

/** `no`: the configuration or the file cannot be read; the message says where and what to do. */
export async function keyFileOf(env: Io['env']): Promise<KeyChange<KeyFile>> {
  const loaded = await load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
  if (loaded.kind === 'refused') return no(loaded.problems.map(problemText).join('; '))
  const { file: path, enabled } = loaded.config.security.apiKeys
  const fingerprints = new Fingerprints(randomBytes(32))
  const opened = await openApiKeysFile({ path, strict: false, ...apiKeyRules(fingerprints) })
  if (opened.kind === 'refused') return no(opened.problem)
  return { kind: 'done', value: keyFile(opened.keys, enabled) }
}

function keyFile(keys: ApiKeysFile, enabled: boolean): KeyFile {
  return {
    list: async () => ({
      kind: 'done',
      value: keys.list().map((key) => viewOf(key, systemClock())),
    }),
    async create({ name, permissions, expires, rateLimit }) {
      if (!enabled)
        return no(
          'API keys are switched off: `openclaw config set security.apiKeys.enabled true` first',
        )
      return refusalsAsAnswers(async () => {
        const expiresAt = parseExpiry(expires, systemClock())
        return shown(await keys.create({ name, permissions, expiresAt, rateLimit }), systemClock())
      })
    },
    async revoke(id) {
      const revoked = await keys.revoke(id)
      return revoked.kind === 'refused'
        ? no(revoked.message)
        : { kind: 'done', value: { id: revoked.entry.id } }
    },
    rotate: (id) =>
      // Whoever can write the file may mint what it likes.
      refusalsAsAnswers(async () =>
        shown(
          await keys.rotate({ id, expiry: { kind: 'keep' }, mayMint: () => true }),
          systemClock(),
        ),
      ),
  }
}

async function refusalsAsAnswers(make: () => Promise<MadeKey>): Promise<KeyChange<MadeKey>> {
  try {
    return { kind: 'done', value: await make() }
  } catch (error) {
    if (error instanceof Refusal) return no(error.message)
    throw error
  }
}

function no(message: string): { readonly kind: 'no'; readonly message: string } {
  return { kind: 'no', message }
}
