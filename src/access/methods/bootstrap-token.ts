/** The secret in a setup code: pairs the first device that shows it, once, within ten minutes. */
import { makerStands } from '../code-maker.ts'
import { accept, reject, type PresentedMethod } from './types.ts'

export const bootstrapToken: PresentedMethod = {
  name: 'bootstrap-token',
  class: 'device',
  verify({ secret }, { evidence, access }, now) {
    const digest = secret.digest()
    const code = access.devices.findSetupCode(digest)
    if (code === null && access.devices.wasSetupCode(digest)) return reject('setup_code_lapsed')
    if (code === null || code.expiresAt <= now || !makerStands(code.maker, access.policy))
      return reject('setup_code_invalid')
    const { device } = evidence
    // It is exchanged for a token of a key, so there must be one; over HTTP nobody can show any.
    if (device?.proof.kind !== 'valid') return reject('setup_code_without_key')

    const [first] = code.grants
    if (first === undefined) return reject('setup_code_invalid')
    return accept({
      kind: 'device',
      id: device.id,
      displayName: device.id,
      role: first.role,
      scopes: first.scopes,
      credentialId: `setup:${code.setupId}`,
    })
  },
}
