/** Printed commands about devices, keys, the audit and files. */
import type { Later, PrintedCommand, Topic, Works } from './printed.ts'

const DEVICES = 'Devices'
const KEYS = 'Keys and providers'
const AUDIT = 'Audit and doctor'
const FILES = 'Files'

export const REST_COMMANDS: readonly PrintedCommand[] = [
  {
    line: 'openclaw devices list',
    topic: DEVICES,
    state: 'works',
    place: 'gateway',
    does: 'lists devices that ask to be paired, and those that are',
    shows: ['device request'],
    says: /let one in with `openclaw devices approve <request>`/,
  },
  {
    line: 'openclaw devices approve <REQUEST_ID>',
    topic: DEVICES,
    state: 'works',
    place: 'gateway',
    does: 'pairs the device',
    fill: { '<REQUEST_ID>': 'device request' },
    says: /^approved:/,
  },
  {
    line: 'openclaw devices reject <REQUEST_ID>',
    topic: DEVICES,
    state: 'works',
    place: 'gateway',
    does: 'turns it down',
    fill: { '<REQUEST_ID>': 'device request' },
    says: /^the request of \w+ is rejected/,
  },
  {
    line: 'openclaw devices clear',
    topic: DEVICES,
    state: 'works',
    place: 'gateway',
    does: 'turns down every request that waits; devices that are paired stay',
    says: /^(no request waited|\d+ requests? rejected)/,
  },
  {
    line: 'openclaw configure',
    topic: 'Starting and asking the gateway',
    state: 'works',
    place: 'terminal',
    does: 'the wizard; in a script, `--set key=value --yes`',
    after: /Nothing is written/,
    keys: '\r'.repeat(40),
    says: /written to .*openclaw\.json/,
  },
  login('anthropic', `sk-ant-${'k3y'.repeat(12)}`),
  login('openai', `sk-proj-${'k3y'.repeat(12)}`),
  later('export ANTHROPIC_API_KEY=sk-ant-your-key-here', KEYS, 'models come later'),
  later('export OPENAI_API_KEY=sk-your-key-here', KEYS, 'models come later'),
  works('openclaw security audit', AUDIT, 'says what is unsafe, and exits 1 while it is critical'),
  works('openclaw security audit --deep', AUDIT, 'and tries the gateway that runs'),
  works('openclaw security audit --fix', AUDIT, 'and puts right what is safe to'),
  works('openclaw security audit --json', AUDIT, 'for scripts', /"findings"/),
  doctor('openclaw doctor', 'says what keeps the gateway from running well'),
  doctor('openclaw doctor --fix', 'and puts right what is safe to'),
  doctor(
    'openclaw doctor --generate-gateway-token',
    'makes a token where none is; a first start does, too',
    /^a token was made and written to/,
  ),
  {
    line: 'chmod 700 ~/.openclaw',
    topic: FILES,
    state: 'works',
    place: 'gateway',
    does: 'changes nothing: the gateway made it so',
    says: /^$/,
  },
  {
    line: 'chmod 600 ~/.openclaw/config.json',
    topic: FILES,
    state: 'differs',
    place: 'gateway',
    does: 'the file has that name only where you gave it; the gateway writes `openclaw.json`, readable by its owner alone',
    says: /No such file/,
    exit: 1,
    instead: 'chmod 600 ~/.openclaw/openclaw.json',
  },
  {
    line: 'cat ~/.openclaw/openclaw.json | grep -A5 auth',
    topic: FILES,
    state: 'works',
    place: 'gateway',
    does: 'shows the file, secrets and all; `openclaw config get gateway.auth` shows what is in force, without them',
    says: /auth/,
  },
  {
    line: 'chmod 600 ~/.openclaw/credentials/ *',
    topic: FILES,
    state: 'elsewhere',
    does: 'the space makes it close the folder to its owner, and change whatever lies where you are; a start gives the folder back, and `openclaw login` makes files of mode 600 by itself',
  },
  afterLogin(
    'chmod -R 600 ~/.openclaw/credentials/',
    'chmod 600 ~/.openclaw/credentials/*',
    'no such folder before `openclaw login`, which makes it so; -R closes it to its owner, who needs 700 on a folder: a start gives it back',
  ),
  afterLogin(
    'ls -la ~/.openclaw/credentials/',
    'ls -la ~/.openclaw/credentials/',
    'no such folder before `openclaw login`',
  ),
]

function login(provider: string, input: string): PrintedCommand {
  return {
    line: `openclaw login ${provider}`,
    topic: KEYS,
    state: 'works',
    place: 'nothing',
    does: 'asks for an API key, and keeps it in `~/.openclaw/credentials/` ([secrets.md](secrets.md))',
    input,
    says: new RegExp(`it is models\\.providers\\.${provider}\\.apiKey`),
  }
}

function afterLogin(line: string, then: string, does: string): PrintedCommand {
  return {
    line,
    topic: FILES,
    state: 'differs',
    place: 'nothing',
    does,
    says: /No such file/,
    exit: line.startsWith('ls') ? 2 : 1,
    instead: `openclaw login anthropic <<< "sk-ant-$(openssl rand -hex 32)" && ${then}`,
  }
}

function later(line: string, topic: Topic, does: string, instead?: string): Later {
  return { line, topic, state: 'later', does, ...(instead !== undefined && { instead }) }
}

function works(
  line: string,
  topic: Topic,
  does: string,
  says = /nothing found|\d+ critical/,
): Works {
  return { line, topic, state: 'works', place: 'nothing', does, says }
}

function doctor(line: string, does: string, says?: RegExp): PrintedCommand {
  return { ...works(line, AUDIT, does, says), port: 'another' }
}
