/** `openclaw config …`: what each of them takes. What they do stands in `commands/config-*.ts`, loaded when it runs. */
import { flag, text } from './arguments.ts'
import type { ConfigOptions } from './commands/config-reading.ts'
import type { Argument, Arguments, Command, Option } from './types.ts'

const PATH: Argument = {
  name: 'path',
  description: 'a key, such as gateway.auth.mode',
  required: true,
}
const CONFIG_FILE: Option = {
  flags: '--config <file>',
  description: 'the config file (OPENCLAW_CONFIG_PATH)',
}

function optionsOf(args: Arguments): ConfigOptions {
  return { json: flag(args, 'json'), config: text(args, 'config') }
}

export const configGet: Command = {
  name: 'config get',
  summary: 'Show a setting as it is in force, with defaults; secrets as fingerprints.',
  arguments: [{ ...PATH, required: false }],
  options: [{ flags: '--reveal', description: 'show secrets themselves' }, CONFIG_FILE],
  examples: [
    { line: 'openclaw config get gateway.port', does: 'prints 18789 on a fresh install' },
    {
      line: 'openclaw config get gateway.auth.token --reveal --json',
      does: 'prints the token as bare JSON',
    },
  ],
  async run(args, context) {
    const { runConfigGet } = await import('./commands/config-get.ts')
    const [path] = args.positionals
    return runConfigGet({ path, reveal: flag(args, 'reveal'), ...optionsOf(args) }, context)
  },
}

export const configSet: Command = {
  name: 'config set',
  summary: 'Change a setting in the config file; comments are kept.',
  arguments: [PATH, { name: 'value', description: 'JSON5, or text as it stands', required: true }],
  options: [CONFIG_FILE],
  examples: [
    {
      line: 'openclaw config set gateway.bind lan',
      does: 'lets the local network reach the gateway',
    },
    {
      line: 'openclaw config set gateway.auth.token "$(openssl rand -hex 32)"',
      does: 'sets a new token',
    },
    {
      line: `openclaw config set gateway.trustedProxies '["127.0.0.1", "::1"]'`,
      does: 'sets a list',
    },
  ],
  async run(args, context) {
    const { runConfigSet } = await import('./commands/config-set.ts')
    const [path = '', value = ''] = args.positionals
    return runConfigSet({ path, value, ...optionsOf(args) }, context)
  },
}

export const configUnset: Command = {
  name: 'config unset',
  summary: 'Remove a setting from the config file: its default holds again.',
  arguments: [PATH],
  options: [CONFIG_FILE],
  examples: [
    { line: 'openclaw config unset gateway.auth.tokenSecondary', does: 'gives up a rotation' },
  ],
  async run(args, context) {
    const { runConfigUnset } = await import('./commands/config-unset.ts')
    return runConfigUnset({ path: args.positionals[0] ?? '', ...optionsOf(args) }, context)
  },
}

export const configValidate: Command = {
  name: 'config validate',
  summary: 'Whether the gateway would start with this configuration.',
  arguments: [],
  options: [CONFIG_FILE],
  examples: [
    {
      line: 'openclaw config validate',
      does: 'exits 1 and names file, line, key and what is accepted',
    },
  ],
  async run(args, context) {
    const { runConfigValidate } = await import('./commands/config-validate.ts')
    return runConfigValidate(optionsOf(args), context)
  },
}

export const configSchema: Command = {
  name: 'config schema',
  summary: 'Print the JSON Schema of the config file, for editors.',
  arguments: [],
  options: [],
  examples: [
    {
      line: 'openclaw config schema > openclaw.schema.json',
      does: 'lets an editor check the file as you type',
    },
  ],
  async run(args, context) {
    const { runConfigSchema } = await import('./commands/config-schema.ts')
    return runConfigSchema(args, context)
  },
}

export const configFile: Command = {
  name: 'config file',
  summary: 'Which config file is in use.',
  arguments: [],
  options: [CONFIG_FILE],
  examples: [{ line: '$EDITOR "$(openclaw config file)"', does: 'opens it' }],
  async run(args, context) {
    const { runConfigFile } = await import('./commands/config-file.ts')
    return runConfigFile(optionsOf(args), context)
  },
}

export const configExplain: Command = {
  name: 'config explain',
  summary: 'What a setting means, which source won, and which lost.',
  arguments: [PATH],
  options: [CONFIG_FILE],
  examples: [
    {
      line: 'openclaw config explain gateway.auth.token',
      does: 'shows whether .env, environment or file decides',
    },
  ],
  async run(args, context) {
    const { runConfigExplain } = await import('./commands/config-explain.ts')
    const path = args.positionals[0] ?? ''
    return runConfigExplain({ path, ...optionsOf(args) }, context)
  },
}
