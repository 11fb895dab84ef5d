/** `config.get`: the settings in force, with every secret replaced by its fingerprint (R59, R60). */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

/** What the port answers. Secrets are already markers like `[redacted sha256:1a2b3c4d]`. */
export interface ConfigView {
  readonly path: string
  readonly exists: boolean
  /** The file as written, parsed; not what is in force while `valid` is false. */
  readonly parsed: unknown
  /** In force, with defaults. */
  readonly config: unknown
  readonly valid: boolean
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly warnings: readonly { readonly path: string; readonly message: string }[]
}

export interface ConfigViewPort {
  view(): ConfigView | Promise<ConfigView>
}

export function configGet(port: ConfigViewPort): Operation {
  return defineOperation({
    name: 'config.get',
    summary: 'The settings in force; secrets as fingerprints.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/config' },
    websocket: true,
    input: z.strictObject({}),
    run: async () => {
      const { path, exists, parsed, config, valid, issues, warnings } = await port.view()
      // The text of the file is never sent: comments may hold what no schema can redact.
      return { path, exists, raw: null, parsed, config, valid, issues, warnings, legacyIssues: [] }
    },
  })
}
