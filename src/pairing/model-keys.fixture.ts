/** The devices of the model, each with a key of its own. */
import { TestDevice } from '../access/device.fixture.ts'
import { DEVICES } from './model-commands.fixture.ts'

export const KEYS: readonly TestDevice[] = Array.from({ length: DEVICES }, (_, index) =>
  TestDevice.ofSeed(String(index + 1).padStart(64, '0')),
)

export function keyOf(device: number): TestDevice {
  const key = KEYS[device]
  if (key === undefined) throw new Error(`there is no device ${device}`)
  return key
}
