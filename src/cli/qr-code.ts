/** Text as a QR code of characters, for a terminal. */
import { style } from './output.ts'
import type { Io } from './types.ts'

export async function qrCode(text: string, io: Io): Promise<string> {
  const { encodeQR } = await import('qr')
  // A screen is clean: less correction is a smaller code, which fits into more terminals.
  const lines = encodeQR(text, 'ascii', { ecc: 'low' }).trimEnd().split('\n')
  // Its light parts are drawn; a camera takes them for light only before something dark.
  return lines.map((line) => `${style(io).onBlack(line)}\n`).join('')
}
