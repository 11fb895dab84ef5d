/** The key that seals the record's head, made from the state dir's one key: knowing either tells nothing of the other. */
import { hkdfSync } from 'node:crypto'

export function recordKey(stateKey: Buffer): Buffer {
  return Buffer.from(
    hkdfSync('sha256', stateKey, Buffer.alloc(0), 'openclaw-gateway record head', 32),
  )
}
