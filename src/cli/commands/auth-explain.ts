/** `openclaw auth explain`: what would become of a request that nobody has sent (SPEC 2.10). */
import { z } from 'zod'
import { list, text } from '../arguments.ts'
import { line, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { printTrace, traceShape } from '../show-trace.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const explanationShape = z.looseObject({
  outcome: z.string(),
  status: z.number(),
  code: z.string().nullable(),
  fix: z.string().nullable(),
  principal: z
    .looseObject({ kind: z.string(), id: z.string(), scopes: z.array(z.string()) })
    .nullable(),
  method: z.string().nullable(),
  clientAddress: z.string().nullable(),
  operation: z.string().nullable(),
  trace: traceShape,
})

export const authExplain: Command = {
  name: 'auth explain',
  summary: 'Judge a made-up request against the live configuration.',
  arguments: [],
  options: [
    { flags: '--peer <address>', description: 'the other end of the socket (127.0.0.1)' },
    {
      flags: '--header <line>',
      description: 'a header as `Name: value`; may be repeated',
      repeat: true,
    },
    {
      flags: '--bearer <secret>',
      description: 'the credential it shows; a wrong one counts as a guess',
      secret: true,
    },
    { flags: '--host <host>', description: 'its Host header (localhost)' },
    { flags: '--origin <origin>', description: 'the page that sends it' },
    {
      flags: '--method <verb>',
      description: 'its verb (GET)',
      choices: ['GET', 'POST', 'PUT', 'DELETE'],
    },
    { flags: '--path <path>', description: 'where it goes (/api/v1/whoami)' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw auth explain --peer 203.0.113.9',
      does: 'what a stranger without a credential gets, and why',
    },
    {
      line: "openclaw auth explain --peer 10.0.0.1 --header 'X-Forwarded-For: 203.0.113.9' --header 'X-Forwarded-User: nick'",
      does: 'what your proxy’s requests would get',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const malformed = list(args, 'header').find((header) => !/^[!#$%&'*+.^_`|~\w-]+:/.test(header))
  if (malformed !== undefined) {
    problem(context, '--header must be `Name: value`, in quotes where your shell needs them')
    return EXIT.usage
  }
  const question = {
    method: 'auth.explain',
    params: requestOf(args),
    shape: explanationShape,
    show: print,
  } as const
  return showAnswer(question, args, context)
}

function requestOf(args: Arguments): object {
  const bearer = text(args, 'bearer')
  const origin = text(args, 'origin')
  return {
    method: text(args, 'method') ?? 'GET',
    path: text(args, 'path') ?? '/api/v1/whoami',
    peer: text(args, 'peer') ?? '127.0.0.1',
    headers: [
      ...hostHeader(args),
      ...(bearer === undefined ? [] : [`Authorization: Bearer ${bearer}`]),
      ...(origin === undefined ? [] : [`Origin: ${origin}`]),
      ...list(args, 'header'),
    ],
  }
}

/** Every request has one; a second one, given on purpose, is passed on and judged. */
function hostHeader(args: Arguments): readonly string[] {
  const host = text(args, 'host')
  if (host !== undefined) return [`Host: ${host}`]
  return list(args, 'header').some((header) => /^host:/i.test(header)) ? [] : ['Host: localhost']
}

function print(explained: z.output<typeof explanationShape>, context: Context): void {
  const { outcome, status, code, principal, method, clientAddress, operation } = explained
  const who =
    principal === null
      ? 'nobody'
      : `${principal.kind}:${principal.id} (${principal.scopes.join(', ') || 'no scopes'})`
  line(context, `${outcome}: HTTP ${status}${code === null ? '' : `, ${code}`}`)
  line(
    context,
    `  seen as    ${who}${method === null ? '' : ` by ${method}`}, from ${clientAddress ?? 'an unknown address'}`,
  )
  if (operation !== null) line(context, `  operation  ${operation}`)
  printTrace(explained.trace, context)
  if (explained.fix !== null) line(context, `next: ${explained.fix}`)
}
