/** A child process for the tests: says READY, makes one change to the secrets of a state dir, says ACK. */
import { writevSync } from 'node:fs'
import { configHost } from '../host/config-host.ts'
import { encryptSecrets, setSecret } from './secrets-change.ts'
import { secretsPlace } from './secrets-store.ts'

const [dir = '', what = ''] = process.argv.slice(2)
const variables = { OPENCLAW_STATE_DIR: dir, HOME: dir }
const found = await secretsPlace({ variables, flags: {}, host: configHost(variables) })
if (found.kind === 'no') throw new Error(found.message)

say('READY')
const end =
  what === 'set'
    ? await setSecret(found.place, 'NEW', 'value')
    : await encryptSecrets(found.place, { overwrite: false })
if (end.kind === 'no') throw new Error(end.message)
say('ACK')

/** By a call that nothing else here makes. */
function say(word: string): void {
  writevSync(1, [Buffer.from(word), Buffer.from('\n')])
}
