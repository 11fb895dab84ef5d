/** Reads a text file that may not be there yet. */
import { readFile } from 'node:fs/promises'
import { codeOf, messageOf } from '../core/errors.ts'

/** `null` when there is none; rejects, saying which file and what to do, when it cannot be read. */
export async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new Error(
      `${path} cannot be read (${messageOf(error)}): check its owner and permissions`,
      {
        cause: error,
      },
    )
  }
}
