/** A gateway credential: where none is configured any more, a new token is made. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { load } from '../config/load.ts'
import { startRules } from '../config/start-rules.ts'
import { newToken } from '../core/ids.ts'
import { CREDENTIAL_ON_THIS_HOST, saysWhoIsLocal, UNTIL_ALLOWED } from './narrow.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig } from './write-config.ts'

export const credential: Step = { name: 'token', examine }

const GIVE_IT =
  'Give it to your clients: `openclaw config get gateway.auth.token --reveal` shows it on this host'

async function examine(place: Place): Promise<readonly Fault[]> {
  const loaded = await load(place.request)
  if (loaded.kind === 'refused' || !startRules(loaded.config).generateToken) return []
  // A configuration that vanished may have said who is local; one that is only short of a token still does.
  const vanished = loaded.text === null && existsSync(join(place.stateDir, 'store.sqlite'))
  return [
    {
      kind: 'repairable',
      what: vanished
        ? 'the configuration is gone, and the token with it'
        : 'no gateway token is configured',
      remedy: vanished
        ? 'a new one was made; callers on this host need it, too'
        : 'a new one was made',
      would: vanished ? 'make a new one; callers on this host need it, too' : 'make a new one',
      next: vanished ? `${GIVE_IT}. ${UNTIL_ALLOWED}` : GIVE_IT,
      async repair() {
        const made = newToken()
        await changeConfig(place, (tree) => [
          { kind: 'set', path: ['gateway', 'auth', 'token'], value: made },
          ...(vanished && !saysWhoIsLocal(tree) ? [CREDENTIAL_ON_THIS_HOST] : []),
        ])
        place.made.add('gateway.auth.token')
        return null
      },
    },
  ]
}
