/** `openclaw doctor`: what keeps this gateway from running well, and how to mend it (SPEC 9). */
import { flag } from '../arguments.ts'
import { json, line, problem } from '../output.ts'
import type { DoctorEnd, TokenEnd } from '../parts.ts'
import { findingView, showFindings, showRepaired, summaryOf } from '../show-findings.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Find what keeps the gateway from running well, and how to mend it.',
  arguments: [],
  options: [
    { flags: '--fix', description: 'mend what is safe to mend, and say what was done' },
    { flags: '--yes', description: 'answer what --fix asks with yes' },
    { flags: '--non-interactive', description: 'ask nothing; what would be asked is left' },
    {
      flags: '--generate-gateway-token',
      description: 'make a gateway token where none is; it is written, never shown',
    },
    { flags: '--force', description: 'with it: over the one in the config file' },
    {
      flags: '--deep',
      description: 'also read large files through, and ask configured chat networks for the time',
    },
  ],
  examples: [
    { line: 'openclaw doctor', does: 'exits 1 while something is wrong; changes nothing' },
    {
      line: 'openclaw doctor --fix',
      does: 'renames old keys, removes leftovers, narrows permissions, and looks again',
    },
    {
      line: 'openclaw doctor --generate-gateway-token',
      does: 'writes a token of 64 hex digits to the config file where there is none',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const generate = flag(args, 'generateGatewayToken')
  if (flag(args, 'force') && !generate) {
    problem(context, 'doctor: --force says that --generate-gateway-token may write over a token')
    return EXIT.usage
  }
  const asker = await askerFor(args)
  const end = await context.parts.doctor(
    {
      fix: flag(args, 'fix'),
      deep: flag(args, 'deep'),
      token: generate ? (flag(args, 'force') ? 'force' : 'missing') : null,
      ask: asker.ask,
    },
    context,
  )
  asker.close()
  if (flag(args, 'json')) json(context, { ...end, findings: end.findings.map(findingView) })
  else print(end, context)
  if (end.token?.kind === 'refused') problem(context, end.token.message)
  const wrong = end.findings.some(({ severity }) => severity !== 'info')
  return wrong || end.token?.kind === 'refused' ? EXIT.no : EXIT.done
}

interface Asker {
  readonly ask: (question: string) => Promise<boolean>
  readonly close: () => void
}

async function askerFor(args: Arguments): Promise<Asker> {
  const always = (answer: boolean): Asker => ({ ask: async () => answer, close: () => {} })
  if (flag(args, 'yes')) return always(true)
  const asks = flag(args, 'fix') && !flag(args, 'nonInteractive') && !flag(args, 'json')
  if (!asks || !process.stdin.isTTY) return always(false)
  const { Prompt } = await import('../prompt.ts')
  const prompt = new Prompt()
  return { ask: (question) => prompt.confirm(question, false), close: () => prompt.close() }
}

function print({ findings, repaired, token }: DoctorEnd, context: Context): void {
  if (token !== null && token.kind !== 'refused') line(context, tokenInWords(token))
  showRepaired(repaired, context)
  showFindings(findings, context)
  line(context, summaryOf(findings, 'openclaw doctor --fix'))
}

function tokenInWords(token: Exclude<TokenEnd, { kind: 'refused' }>): string {
  if (token.kind === 'kept') return token.message
  return `a token was made and written to ${token.file}; openclaw config get gateway.auth.token --reveal shows it`
}
