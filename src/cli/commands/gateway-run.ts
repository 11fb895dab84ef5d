/** `openclaw gateway`: starts the gateway and stays with it until it ends. */
import { Secret } from '../../core/secret.ts'
import { flag, text, wholeNumber } from '../arguments.ts'
import { problem } from '../output.ts'
import type { GatewayOptions } from '../parts.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const gateway: Command = {
  name: 'gateway',
  summary: 'Start the gateway (the same as `gateway run`).',
  arguments: [],
  options: [
    { flags: '--port <port>', description: 'listen on this port (gateway.port, 18789)' },
    {
      flags: '--bind <bind>',
      description: 'who can reach it (gateway.bind, loopback)',
      choices: ['loopback', 'lan', 'tailnet', 'custom'],
    },
    {
      flags: '--auth <mode>',
      description: 'how callers prove who they are (gateway.auth.mode)',
      choices: ['token', 'password', 'trusted-proxy', 'none'],
    },
    {
      flags: '--token <token>',
      description: 'the shared token (OPENCLAW_GATEWAY_TOKEN)',
      secret: true,
      variable: 'OPENCLAW_GATEWAY_TOKEN',
    },
    {
      flags: '--password <password>',
      description: 'the shared password (OPENCLAW_GATEWAY_PASSWORD)',
      secret: true,
      variable: 'OPENCLAW_GATEWAY_PASSWORD',
    },
    {
      flags: '--tailscale <mode>',
      description: 'gateway.tailscale.mode',
      choices: ['off', 'serve', 'funnel'],
    },
    { flags: '--config <file>', description: 'the config file (OPENCLAW_CONFIG_PATH)' },
  ],
  examples: [
    {
      line: 'openclaw gateway',
      does: 'starts on 127.0.0.1:18789 and prints the address of its page',
    },
    {
      line: 'openclaw gateway --port 8080 --bind lan',
      does: 'lets the local network reach it, once a token of 32 characters or more is configured',
    },
    {
      line: 'OPENCLAW_STATE_DIR=/srv/claw openclaw gateway',
      does: 'keeps everything it knows in /srv/claw',
    },
  ],
  run,
}

export const gatewayRun: Command = {
  ...gateway,
  name: 'gateway run',
  summary: 'Start the gateway and stay in the foreground.',
}

async function run(args: Arguments, context: Context): Promise<number> {
  const port = wholeNumber(args, 'port', { min: 0, max: 65_535 })
  if (port.kind === 'wrong') {
    problem(context, port.message)
    return EXIT.usage
  }
  const options: GatewayOptions = {
    ...(port.value !== undefined && { port: port.value }),
    ...given(args, 'bind'),
    ...given(args, 'auth'),
    ...given(args, 'tailscale'),
    ...given(args, 'config'),
    ...givenSecret(args, 'token'),
    ...givenSecret(args, 'password'),
    verbose: flag(args, 'verbose'),
  }
  return context.parts.runGateway(options, context)
}

function given(
  args: Arguments,
  option: 'bind' | 'auth' | 'tailscale' | 'config',
): Partial<GatewayOptions> {
  const value = text(args, option)
  return value === undefined ? {} : { [option]: value }
}

function givenSecret(args: Arguments, option: 'token' | 'password'): Partial<GatewayOptions> {
  const value = text(args, option)
  return value === undefined ? {} : { [option]: new Secret(value) }
}
