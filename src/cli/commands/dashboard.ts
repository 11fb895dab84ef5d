/** `openclaw dashboard`: prints a link that logs one browser in once, or says why not (R67). */
import { z } from 'zod'
import { inWords, line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const linkShape = z.object({ url: z.string(), expiresAt: z.number() })

export const dashboard: Command = {
  name: 'dashboard',
  summary: 'Print a fresh link to the gateway’s page: it works once.',
  arguments: [],
  // A browser started from here would get the link as an argument, which every user of the machine can read: it is
  // printed only. The flag is accepted for scripts that pass it.
  options: [
    { flags: '--no-open', description: 'only print the link (it never does more)' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    { line: 'openclaw dashboard', does: 'prints the link; open it in a browser of yours' },
    { line: 'openclaw dashboard --json', does: 'the same for scripts: { url, expiresAt }' },
  ],
  async run(args, context) {
    const question = { method: 'login-link.create', shape: linkShape, show: print } as const
    return showAnswer(question, args, context)
  },
}

function print({ url, expiresAt }: z.output<typeof linkShape>, context: Context): void {
  line(context, url)
  context.stderr(
    `It works once, for ${inWords(expiresAt - context.now())}. Whoever opens it is logged in as you.\n`,
  )
}
