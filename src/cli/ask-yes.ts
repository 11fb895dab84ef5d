/** Asks the user on the terminal; anything but a yes is a no. */
import { createInterface } from 'node:readline/promises'
import { printable } from './output.ts'
import type { Io } from './types.ts'

/** `question`: without its `[y/N]`. The end of the input is a no. */
export async function askYes(question: string, io: Io): Promise<boolean> {
  io.stdout(`${printable(question)} [y/N] `)
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim())
    return false
  } finally {
    lines.close()
  }
}
