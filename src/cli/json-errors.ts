/** With `--json`, a command that says no says so as an object on standard output too: scripts read that, people the line. */
import { json } from './output.ts'
import { EXIT, type Context } from './types.ts'

export interface Overheard {
  /** For the command: the same as the given one, but what it writes is noticed. */
  readonly context: Context
  /** Prints the object where the command ended badly and has printed nothing for scripts itself. */
  end(code: number): void
}

/** As much as an error message needs; a gateway may run, and log, for months. */
const MAX_HEARD = 8192

export function overhear(context: Context): Overheard {
  const heard = { out: false, err: '' }
  return {
    context: {
      ...context,
      stdout(text) {
        if (text !== '') heard.out = true
        context.stdout(text)
      },
      stderr(text) {
        if (heard.err.length < MAX_HEARD) heard.err += text
        context.stderr(text)
      },
    },
    end(code) {
      if (code === EXIT.done || heard.out) return
      json(context, { error: { code: codeOf(code), message: messageIn(heard.err) } })
    },
  }
}

function codeOf(exit: number): string {
  if (exit === EXIT.usage) return 'usage'
  return exit === EXIT.fault ? 'fault' : 'refused'
}

/** The lines that `problem` wrote, or everything where it wrote none; no warnings, no progress. */
function messageIn(said: string): string {
  const lines = said
    .split('\n')
    .filter((line) => line !== '' && !/^(openclaw: )?warning: /.test(line))
  const problems = lines.filter((line) => line.startsWith('openclaw: '))
  return (problems.length > 0 ? problems : lines)
    .map((line) => line.replace(/^openclaw: /, ''))
    .join('\n')
}
