/** Printed commands about devices, keys, the audit and files. */
import type { Later, PrintedCommand, Topic } from './printed.ts'

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
    says: /^(no request waited|\d+ request\(s\) rejected)/,
  },
  later(
    'openclaw configure',
    'Starting and asking the gateway',
    'the wizard',
    'openclaw config set',
  ),
  later('openclaw login anthropic', KEYS, 'keeps a provider’s credentials'),
  later('openclaw login openai', KEYS, 'keeps a provider’s credentials'),
  later('export ANTHROPIC_API_KEY=sk-ant-your-key-here', KEYS, 'models come later'),
  later('export OPENAI_API_KEY=sk-your-key-here', KEYS, 'models come later'),
  works('openclaw security audit', AUDIT, 'says what is unsafe, and exits 1 while it is critical'),
  works('openclaw security audit --deep', AUDIT, 'and tries the gateway that runs'),
  works('openclaw security audit --fix', AUDIT, 'and puts right what is safe to'),
  works('openclaw security audit --json', AUDIT, 'for scripts', /"findings"/),
  later('openclaw doctor', AUDIT, 'checks health and settings', 'openclaw config validate'),
  later('openclaw doctor --fix', AUDIT, 'and puts right what is safe to', 'openclaw recover'),
  later(
    'openclaw doctor --generate-gateway-token',
    AUDIT,
    'makes a token where none is; a first start does, too',
    'openclaw gateway',
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
  later('chmod 600 ~/.openclaw/credentials/ *', FILES, 'no such folder before `openclaw login`'),
  later(
    'chmod -R 600 ~/.openclaw/credentials/',
    FILES,
    'no such folder before `openclaw login`; -R would close it to its owner, who needs 700 on a folder',
  ),
  later('ls -la ~/.openclaw/credentials/', FILES, 'no such folder before `openclaw login`'),
]

function later(line: string, topic: Topic, does: string, instead?: string): Later {
  return { line, topic, state: 'later', does, ...(instead !== undefined && { instead }) }
}

function works(
  line: string,
  topic: Topic,
  does: string,
  says = /nothing found|\d+ critical/,
): PrintedCommand {
  return { line, topic, state: 'works', place: 'nothing', does, says }
}
