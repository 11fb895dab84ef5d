/** Whether the gateway that runs is the version that is installed. */
import type { Check } from '../types.ts'

export const gatewayVersion: Check = {
  id: 'gateway.version_skew',
  severity: 'warning',
  title: 'The gateway that runs is another version than this program',
  why: 'After an update the old program runs on until it is restarted; what was repaired is not in force before that.',
  find({ gateway, version }) {
    if (gateway.kind !== 'running' || gateway.version === null || gateway.version === version)
      return []
    return [
      {
        detail: `version ${gateway.version} runs, this program is ${version}`,
        fix: 'openclaw gateway restart where it was started by this installation; else stop it and start this one',
      },
    ]
  },
}
