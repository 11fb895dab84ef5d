/** `openclaw config …`: what each of them takes. What they do stands in `commands/config-*.ts`, loaded when it runs. */
import { flag, text } from './arguments.ts'
import { GATEWAY_OPTIONS } from './targets.ts'
import type { ConfigOptions } from './commands/config-reading.ts'
import type { Argument, Arguments, Command, Context, Option } from './types.ts'

const PATH: Argument = {
  name: 'path',
  description: 'a key, such as gateway.auth.mode',
  required: true,
}
const CONFIG_FILE: Option = {
  flags: '--config <file>',
  description: 'the config file (OPENCLAW_CONFIG_PATH)',
}

/** By which a change is the gateway's to make. */
const CHANGE_OPTIONS: readonly Option[] = [
  CONFIG_FILE,
  {
    flags: '--confirm <duration>',
    description:
      'the gateway makes the change, and undoes it after so long (5m, at most 24h) unless `openclaw config confirm` comes',
  },
  {
    flags: '--force',
    description: 'the gateway makes the change even if it cuts off whoever asks',
  },
  ...GATEWAY_OPTIONS,
]

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
  options: CHANGE_OPTIONS,
  examples: [
    {
      line: 'openclaw config set --confirm 5m gateway.auth.mode trusted-proxy',
      does: 'tries it: what it was comes back unless an administrator gets in by the new rules and confirms',
    },
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
    const [path = '', value = ''] = args.positionals
    const asked = await askedOfGateway({ path, value }, args, context)
    if (asked !== null) return asked
    const { runConfigSet } = await import('./commands/config-set.ts')
    return runConfigSet({ path, value, ...optionsOf(args) }, context)
  },
}

export const configUnset: Command = {
  name: 'config unset',
  summary: 'Remove a setting from the config file: its default holds again.',
  arguments: [PATH],
  options: CHANGE_OPTIONS,
  examples: [
    { line: 'openclaw config unset gateway.auth.tokenSecondary', does: 'gives up a rotation' },
  ],
  async run(args, context) {
    const [path = ''] = args.positionals
    const asked = await askedOfGateway({ path }, args, context)
    if (asked !== null) return asked
    const { runConfigUnset } = await import('./commands/config-unset.ts')
    return runConfigUnset({ path, ...optionsOf(args) }, context)
  },
}

/** `null`: nothing asks for the gateway, so the file is changed here. */
async function askedOfGateway(
  change: { readonly path: string; readonly value?: string },
  args: Arguments,
  context: Context,
): Promise<number | null> {
  const ways = ['confirm', 'force', 'url', 'token', 'timeout']
  if (ways.every((name) => args.options[name] === undefined)) return null
  const { runConfigChange } = await import('./commands/config-change.ts')
  return runConfigChange(change, args, context)
}

export const configConfirm: Command = {
  name: 'config confirm',
  summary: 'Keep a change made with --confirm: you got in by the new rules, so others will.',
  arguments: [],
  options: [
    {
      flags: '--force',
      description: "as the gateway's owner on its host, without getting in by the new rules",
    },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw config confirm',
      does: "logs in by the gateway's port under the new rules, and keeps the change",
    },
    {
      line: 'openclaw config confirm --url https://claw.example.com --token -',
      does: 'the same from where you must be able to get in',
    },
  ],
  async run(args, context) {
    const { runConfigConfirm } = await import('./commands/config-confirm.ts')
    return runConfigConfirm(args, context)
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
