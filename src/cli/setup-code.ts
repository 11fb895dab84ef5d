/** The setup code that a command is given: by `--code`, or by the environment, where nobody else sees it (R61). */
import { readSetupCode, type SetupCode } from '../node-host/setup-code.ts'
import { text } from './arguments.ts'
import type { Arguments, Context, Option } from './types.ts'

export type SetupCodeRead =
  | { readonly kind: 'code'; readonly code: SetupCode }
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly message: string }

const VARIABLE = 'OPENCLAW_SETUP_CODE'

export const CODE_OPTION: Option = {
  flags: '--code <code>',
  description: `a setup code, from \`openclaw qr\` there, in place of --url and --token (${VARIABLE})`,
  secret: true,
  variable: VARIABLE,
}

/** A `--token` is meant more than a code that the environment happens to hold. */
export function setupCodeFrom(args: Arguments, { env }: Context): SetupCodeRead {
  const given = text(args, 'code')
  const inherited = text(args, 'token') === undefined ? (env[VARIABLE] ?? '') : ''
  if (given === undefined && inherited.trim() === '') return { kind: 'none' }
  const code = readSetupCode(given ?? inherited)
  return code === null
    ? {
        kind: 'wrong',
        message: 'this is no setup code: copy all of what `openclaw qr` printed, and nothing else',
      }
    : { kind: 'code', code }
}
