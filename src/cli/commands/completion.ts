/** `openclaw completion bash|zsh|fish`: a script for the shell, made from the registry. */
import { completionScript, type CompletionEntry } from '../completion-script.ts'
import { flag } from '../arguments.ts'
import { json } from '../output.ts'
import { longFlags, optionChoices } from '../parse.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const completion: Command = {
  name: 'completion',
  summary: 'Print a completion script for your shell.',
  arguments: [{ name: 'shell', description: 'which shell', required: true, choices: SHELLS }],
  options: [],
  examples: [
    {
      line: 'openclaw completion bash >> ~/.bashrc',
      does: 'completes commands and flags in new shells',
    },
    {
      line: 'openclaw completion zsh > ~/.zfunc/_openclaw',
      does: 'the same for zsh, where ~/.zfunc is in its fpath',
    },
    {
      line: 'openclaw completion fish > ~/.config/fish/completions/openclaw.fish',
      does: 'the same for fish',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const shell = SHELLS.find((name) => name === args.positionals[0]) ?? 'bash'
  const { COMMANDS } = await import('../index.ts')
  const entries = await Promise.all(
    COMMANDS.map(async ({ name, load }): Promise<CompletionEntry> => {
      const command = await load()
      const fixed = command.arguments[0]?.choices ?? []
      return {
        name,
        summary: command.summary,
        words: [...fixed, ...longFlags(command), '--help'],
        values: optionChoices(command),
      }
    }),
  )
  const script = completionScript(shell, entries)
  if (flag(args, 'json')) json(context, { shell, script })
  else context.stdout(script)
  return EXIT.done
}
