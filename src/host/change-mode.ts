/** Changes the permissions of a file or folder that is ours: of the very one that was opened, never of what a link leads to. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { codeOf } from '../core/errors.ts'

/** `change`: from the permission bits to those that it gets. Rejects with what stands in the way, in words. */
export async function changeMode(path: string, change: (mode: number) => number): Promise<void> {
  const handle = await opened(path)
  try {
    const stats = await handle.stat()
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is no file')
    // root may change any file: it was not asked to.
    if (stats.uid !== (process.geteuid?.() ?? stats.uid))
      throw new Error(`it belongs to another user (uid ${stats.uid})`)
    await handle.chmod(change(stats.mode & 0o7777))
  } finally {
    await handle.close()
  }
}

async function opened(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const link = codeOf(error) === 'ELOOP'
    throw new Error(link ? 'it is a link' : `it cannot be opened (${codeOf(error)})`, {
      cause: error,
    })
  }
}
