/** A setup code from where nobody else sees it: standard input, or a prompt (R61). */
import { createInterface } from 'node:readline'
import { readSetupCode, type SetupCode } from '../node-host/setup-code.ts'
import type { Context } from './types.ts'

export type SetupCodeRead =
  | { readonly kind: 'code'; readonly code: SetupCode }
  | { readonly kind: 'wrong'; readonly message: string }

/** `given`: what follows `--code`; `-` for the first line of standard input. */
export async function setupCodeFrom(given: string, context: Context): Promise<SetupCodeRead> {
  const text = given === '-' ? await firstLine(context) : given
  const code = readSetupCode(text)
  return code === null
    ? {
        kind: 'wrong',
        message: 'this is no setup code: copy all of what the gateway printed, and nothing else',
      }
    : { kind: 'code', code }
}

async function firstLine(context: Context): Promise<string> {
  if (process.stdin.isTTY) context.stderr('Setup code: ')
  const lines = createInterface({ input: process.stdin, terminal: false })
  for await (const line of lines) return line
  return ''
}
