/** `openclaw devices pair`: makes this machine a device of a gateway elsewhere, so that its commands need no token (SPEC 4). */
import type { Scope } from '../../access/scopes.ts'
import type { SetupCode } from '../../node-host/setup-code.ts'
import { flag, list, text, type Reading } from '../arguments.ts'
import { awaitApproval } from '../await-approval.ts'
import { addressFor } from '../code-address.ts'
import { EVERYTHING } from '../methods.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line } from '../output.ts'
import { pairDevice, type Paired } from '../pair-device.ts'
import { CODE_OPTION, setupCodeFrom } from '../setup-code.ts'
import { ended } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const STEP_MS = 2000

export const devicesPair: Command = {
  name: 'devices pair',
  summary: 'Pair this machine with a gateway elsewhere; its commands then need no token.',
  arguments: [],
  options: [
    CODE_OPTION,
    {
      flags: '--scope <scope>',
      description: 'what to ask for, such as operator.read (everything)',
      repeat: true,
    },
    {
      flags: '--no-wait',
      description: 'do not wait for the approval; the same command later ends it',
    },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw devices pair --url wss://claw.example.com --token -',
      does: 'reads the token from standard input, prints what to type on the gateway’s host, waits for it, and keeps the device token',
    },
    {
      line: 'openclaw devices pair --code -',
      does: 'by a setup code from standard input: nobody has to approve it',
    },
    {
      line: 'openclaw status --url wss://claw.example.com',
      does: 'needs no token from then on',
    },
  ],
  run,
}

type Pending = Extract<Paired, { kind: 'pending' }>

const WHY_NOT = {
  over: 'the request was rejected, or nobody decided in time: the same command asks again',
  unseen: 'whether it is approved cannot be seen from here: type the same command again once it is',
} as const

interface Wish {
  readonly scopes: readonly Scope[]
  readonly code: SetupCode | null
}

async function run(args: Arguments, context: Context): Promise<number> {
  const wish = wishOf(args, context)
  if (wish.kind === 'wrong') return ended(EXIT.usage, `devices pair: ${wish.message}`, context).code
  const { code, scopes } = wish.value
  if (code !== null) return report(await byCode(code, args, context), args, context)
  const outcome = await pairDevice({ scopes }, args, context)
  if (outcome.kind !== 'pending' || args.options['wait'] === false)
    return report(outcome, args, context)
  return wait({ ...outcome, scopes }, args, context)
}

async function wait(
  asked: Pending & { readonly scopes: readonly Scope[] },
  args: Arguments,
  context: Context,
): Promise<number> {
  context.stderr(`${approvalOf(asked)}\n`)
  if (context.isTty) context.stderr('waiting for that … Ctrl-C ends the waiting, not the request\n')
  const seen = await awaitApproval(asked, args, { context, stepMs: STEP_MS })
  if (seen === 'approved')
    return report(await pairDevice({ scopes: asked.scopes }, args, context), args, context)
  return ended(EXIT.no, WHY_NOT[seen], context).code
}

async function byCode(code: SetupCode, args: Arguments, context: Context): Promise<Paired> {
  const found = await addressFor(code, args, context)
  if (found.kind === 'wrong') return found
  if (found.kind === 'nobody') {
    const tried = found.urls.map(({ origin }) => origin)
    return { kind: 'not-running', tried, named: true, wouldNotStart: null }
  }
  const there = { ...args, options: { ...args.options, url: found.url.href } }
  return pairDevice({ scopes: [], setupCode: code.bootstrapToken }, there, context)
}

function report(outcome: Paired, args: Arguments, context: Context): number {
  if (outcome.kind === 'paired') {
    const { gateway, scopes } = outcome
    if (flag(args, 'json')) json(context, { paired: true, gateway, scopes })
    else {
      line(
        context,
        `this machine is paired with ${gateway}, for ${scopes.join(', ') || 'nothing yet'}`,
      )
      line(context, `commands with --url ${text(args, 'url') ?? gateway} need no token from now on`)
    }
    return EXIT.done
  }
  if (outcome.kind !== 'pending') return reportNoAnswer(outcome, args, context)
  const { gateway, requestId } = outcome
  if (flag(args, 'json')) json(context, { paired: false, gateway, requestId })
  return ended(EXIT.no, `${approvalOf(outcome)}; then type the same command again`, context).code
}

function approvalOf({ gateway, requestId }: Pending): string {
  return `request ${requestId} waits at ${gateway}: on its host, type \`openclaw devices approve ${requestId}\``
}

function wishOf(args: Arguments, context: Context): Reading<Wish> {
  const asked = list(args, 'scope')
  const unknown = asked.some((name) => !EVERYTHING.some((scope) => scope === name))
  if (unknown) return { kind: 'wrong', message: `--scope must be of ${EVERYTHING.join(', ')}` }
  const scopes = asked.length === 0 ? EVERYTHING : EVERYTHING.filter((one) => asked.includes(one))

  const read = setupCodeFrom(args, context)
  if (read.kind === 'wrong') return read
  return { kind: 'value', value: { scopes, code: read.kind === 'code' ? read.code : null } }
}
