/** `openclaw login` and `logout`: keeps the key of a model provider in `credentials/`, 0600, or takes it away (SPEC 8, S1). */
import { dirname } from 'node:path'
import type { Secret } from '../core/secret.ts'
import type { ConfigHost } from './host-port.ts'
import { loginFile, loginText, readLogin, type LoginProvider } from './logins.ts'
import { problemText } from './problem.ts'
import { weakness } from './weak-secrets.ts'

export interface LoginPlace {
  readonly stateDir: string
  readonly host: ConfigHost
}

export type LoginEnd =
  | { readonly kind: 'done'; readonly file: string }
  /** There was none to take away. */
  | { readonly kind: 'absent'; readonly file: string }
  | { readonly kind: 'no'; readonly message: string }

const BEGINS: Readonly<Record<LoginProvider, string>> = { anthropic: 'sk-ant-', openai: 'sk-' }

/** `now`: milliseconds since the epoch. A file that something else wrote stays. */
export async function keepLogin(
  { stateDir, host }: LoginPlace,
  {
    provider,
    key,
    now,
  }: { readonly provider: LoginProvider; readonly key: Secret; readonly now: number },
): Promise<LoginEnd> {
  const fault = keyFault(key, provider)
  if (fault !== null) return no(`the key ${fault}; nothing was changed`)
  const file = loginFile(stateDir, provider)
  for (const path of [stateDir, dirname(file)]) {
    const folder = await host.makeFolder(path)
    if (folder.kind === 'failed') return no(folder.why)
  }
  const there = await readLogin(file, provider, host)
  if (there.kind === 'problem') return no(problemText(there.problem))
  const written = await host.write(file, loginText(key, now))
  return written.kind === 'failed' ? no(written.why) : { kind: 'done', file }
}

export async function endLogin(
  { stateDir, host }: LoginPlace,
  provider: LoginProvider,
): Promise<LoginEnd> {
  const file = loginFile(stateDir, provider)
  const there = await readLogin(file, provider, host)
  if (there.kind === 'absent') return { kind: 'absent', file }
  if (there.kind === 'problem') return no(problemText(there.problem))
  const removed = await host.remove(file)
  return removed.kind === 'failed' ? no(removed.why) : { kind: 'done', file }
}

/** Of another provider, cut off, or an example: found out here and not at the first question to a model. */
function keyFault(key: Secret, provider: LoginProvider): string | null {
  const text = key.reveal()
  if (text.trim() === '') return 'is empty'
  if (!/^[\w-]+$/.test(text)) return 'holds something other than letters, digits, _ and -'
  const weak = weakness(key, 'api-key')
  if (!key.startsWith(BEGINS[provider])) return `does not begin with ${BEGINS[provider]}`
  if (provider === 'openai' && key.startsWith(BEGINS.anthropic)) return 'is one of Anthropic'
  return weak
}

function no(message: string): LoginEnd {
  return { kind: 'no', message }
}
