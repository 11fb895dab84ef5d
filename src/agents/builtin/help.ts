/** `/help`: what this agent answers. */
import type { Command } from './command.ts'

/** `commands`: all but this one, which adds itself. */
export function helpCommand(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    argument: '',
    summary: 'this list',
    requires: 'operator.read',
    run: () => ['This agent answers these commands:', '', ...lines].join('\n'),
  }
  const lines = [help, ...commands].map(describe)
  return help
}

function describe({ name, argument, summary }: Command): string {
  return `/${[name, argument].filter((part) => part !== '').join(' ')} – ${summary}`
}
