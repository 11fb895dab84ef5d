import { describe, expect, it } from 'vitest'
import { findCommand } from './find-command.ts'
import { COMMANDS } from './index.ts'

function found(...words: string[]): string {
  const result = findCommand(COMMANDS, words)
  if (result.kind === 'command') return `${result.entry.name} | ${result.rest.join(' ')}`
  return result.kind === 'group' ? `group ${result.name}` : result.message
}

describe('which command is meant', () => {
  it.each([
    [['gateway'], 'gateway | '],
    [['gateway', '--port', '1'], 'gateway | --port 1'],
    [['gateway', 'status', '--json'], 'gateway status | --json'],
    [['logs', 'auth'], 'logs | auth'],
    [['logs', 'verify'], 'logs verify | '],
    [['auth', 'why', 'x'], 'auth why | x'],
    [['token'], 'group token'],
    [['token', '--help'], 'group token'],
  ])('%j', (words, expected) => expect(found(...words)).toBe(expected))

  it.each([
    [['stauts'], 'did you mean `openclaw status`?'],
    [['tokn', 'rotate'], 'did you mean `openclaw token`?'],
    [['token', 'rotat'], 'did you mean `openclaw token rotate`?'],
    [['gateway', 'sotp'], 'did you mean `openclaw gateway stop`?'],
    [['config', 'gte'], 'did you mean `openclaw config get`?'],
    [['xyzzy'], '`openclaw --help` lists them'],
    [['token', 'xyzzy'], '`openclaw token --help` lists them'],
  ])('%j suggests', (words, expected) => expect(found(...words)).toContain(expected))

  it.each([[['bogus']], [['gateway', 'frob']], [['x']]])('%j resembles nothing', (words) =>
    expect(found(...words)).not.toContain('did you mean'),
  )

  it('does not repeat a novel', () => expect(found('x'.repeat(5000)).length).toBeLessThan(200))

  it('every command is registered under its own name, with a summary, an example that runs it, and words that shells can complete', async () => {
    for (const { name, load, takesArguments } of COMMANDS) {
      const command = await load()
      expect(command.name).toBe(name)
      expect(command.arguments.length > 0).toBe(takesArguments)
      expect(command.summary).toMatch(/^[A-Z].*\.$/)
      expect(command.examples.map(({ line }) => line).join('\n')).toContain(
        `openclaw ${name.replace(/^gateway run$/, 'gateway')}`,
      )
      for (const { flags } of command.options) expect(flags).toMatch(/^--[a-z-]+( <[a-z]+>)?$/)
    }
  })
})
