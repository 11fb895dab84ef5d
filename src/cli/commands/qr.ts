/** `openclaw qr`: a code that lets one device in without asking, for its camera (SPEC 4, PROTOCOL 3.6). */
import { z } from 'zod'
import { flag, text } from '../arguments.ts'
import { inWords, json, line, localTime } from '../output.ts'
import { qrCode } from '../qr-code.ts'
import { answered } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const codeShape = z.looseObject({
  setupCode: z.string().min(1),
  gatewayUrl: z.string(),
  access: z.string(),
  expiresAtMs: z.number(),
})
type Code = z.output<typeof codeShape>

const GRANTS: Readonly<Record<string, string>> = {
  full: 'a node, and an operator who may administer the gateway',
  limited: 'a node, and an operator who may read, write and decide approvals; no administration',
  node: 'a node, which runs commands for the gateway once you approve them, and nothing else',
}

export const qr: Command = {
  name: 'qr',
  summary: 'Make a setup code: it lets one device in, once, for ten minutes.',
  arguments: [],
  options: [
    {
      flags: '--access <access>',
      description: 'what the device becomes (full)',
      choices: ['full', 'limited', 'node'],
    },
    {
      flags: '--public-url <url>',
      description: 'the address at which the device reaches the gateway: wss://… (as configured)',
    },
    { flags: '--no-ascii', description: 'no picture, only the code to type or paste' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    { line: 'openclaw qr', does: 'shows the code on the terminal, for a phone' },
    {
      line: 'openclaw qr --access node --public-url wss://claw.example.com',
      does: 'for a machine elsewhere that shall run commands',
    },
    {
      line: 'openclaw qr --json',
      does: 'for scripts: { setupCode, gatewayUrl, access, expiresAtMs, … }',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const publicUrl = text(args, 'publicUrl')
  const bootstrapProfile = text(args, 'access')
  const params = {
    ...(publicUrl !== undefined && { publicUrl }),
    ...(bootstrapProfile !== undefined && { bootstrapProfile }),
  }
  const asked = { method: 'device.pair.setupCode', params, shape: codeShape } as const
  const answer = await answered(asked, args, context)
  if (answer.kind === 'exit') return answer.code
  if (flag(args, 'json')) json(context, answer.value)
  else await print(answer.value, args, context)
  return EXIT.done
}

/** Whatever is not a terminal gets the code alone, to hand on. */
async function print(code: Code, args: Arguments, context: Context): Promise<void> {
  const { setupCode, access, gatewayUrl, expiresAtMs } = code
  if (context.isTty && args.options['ascii'] !== false)
    context.stdout(await qrCode(setupCode, context))
  line(context, setupCode)
  const left = inWords(expiresAtMs - context.now())
  const notes = [
    'WARNING: whoever sees this is let in. Show it to the device and to nobody else.',
    `It works once, until ${localTime(expiresAtMs)} (${left}), at ${gatewayUrl}.`,
    `Who uses it becomes ${GRANTS[access] ?? access}.`,
    '`openclaw devices list` shows who did; `openclaw devices remove` takes it back.',
  ]
  for (const note of notes) context.stderr(`${note}\n`)
}
