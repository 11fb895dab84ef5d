/** Reads a text file that may not be there yet. */
import { readFile } from 'node:fs/promises'

/** `null` when there is none; rejects, saying which file and what to do, when it cannot be read. */
export async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${path} cannot be read (${why}): check its owner and permissions`, {
      cause: error,
    })
  }
}
