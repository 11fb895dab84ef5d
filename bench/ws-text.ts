/** The text of a WebSocket message, however `ws` hands it over. */
import type { RawData } from 'ws'

export function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString()
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString()
}
