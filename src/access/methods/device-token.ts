/** A token issued to one paired device. */
import { reject, type PresentedMethod } from './types.ts'

/** Device tokens begin with this, so that no other method is asked about one. */
export const DEVICE_TOKEN_PREFIX = 'ocd_'

/** No device can be paired yet, so no such token is right; it is judged and counted all the same. */
export const deviceToken: PresentedMethod = {
  name: 'device-token',
  class: 'device',
  verify: () => reject('device_token_unknown'),
}
