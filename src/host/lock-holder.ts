/** Who holds the kernel's lock on a file (`man 5 proc_locks`). */
import { readFile, stat } from 'node:fs/promises'

/** `null`: nobody, or the kernel does not tell (not Linux; a process of another container). */
export async function lockHolder(path: string): Promise<number | null> {
  const [file, text] = await Promise.all([
    stat(path).catch(() => null),
    readFile('/proc/locks', 'latin1').catch(() => ''),
  ])
  if (file === null) return null
  const rows = text.split('\n').map((row) => row.trim().split(/\s+/))
  // `1: POSIX ADVISORY WRITE 4711 08:01:123456 …`; a row with `->` waits for the one above it.
  const held = rows.find(
    ([, kind, , , , place = '']) => kind !== '->' && place.split(':')[2] === String(file.ino),
  )
  const pid = Number(held?.[4])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}
