/** Replaces a file so that a reader, or a crash, sees the old text or the new one and never half of it. */
import { chown, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * 0600, durable when it resolves; rejects with the file system's error and leaves the old file as it was.
 * Two at once must be kept apart by the caller. A link is followed: what it points to is replaced.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const temporary = `${target}.tmp`
  try {
    // What a crash left behind may be a link or readable by others.
    await rm(temporary, { force: true })
    await writeDurably(temporary, text)
    await keepOwner(temporary, target)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(target))
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A command run with sudo must not take the file away from the user the gateway runs as. */
async function keepOwner(temporary: string, target: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(target).catch(() => stat(dirname(target)))
  await chown(temporary, uid, gid)
}

/** Makes a rename, or a new file, in `folder` survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
