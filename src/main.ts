/** The program: its command line in, its exit code out. */
import { isatty } from 'node:tty'
import { reportFault, run } from './cli/run.ts'
import { systemClock } from './core/clock.ts'
import { commandParts } from './app/command-parts.ts'

/** `words`: the command line without Node and this file. Resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const context = {
    stdout: (text: string) => void process.stdout.write(text),
    stderr: (text: string) => void process.stderr.write(text),
    env: process.env,
    isTty: isatty(1),
    columns: isatty(1) && process.stdout.columns > 0 ? process.stdout.columns : null,
    parts: commandParts(),
    now: systemClock,
  }
  const fail = (error: unknown) => {
    process.exit(reportFault(error, context, words.includes('--verbose')))
  }
  process.on('uncaughtException', fail).on('unhandledRejection', fail)
  // `openclaw logs | head`: the reader has seen enough.
  process.stdout.on('error', (error) =>
    'code' in error && error.code === 'EPIPE' ? process.exit(0) : fail(error),
  )
  return run(words, context)
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)))
