/** How many files and sockets a process may have open at once (`man 5 proc_pid_limits`). */
import { readFileSync } from 'node:fs'

/** `null`: the kernel does not tell, or not us. */
export function openFileLimit(pid: number | 'self'): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/limits`, 'utf8')
    const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(text) ?? []
    if (soft === undefined) return null
    return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft)
  } catch {
    return null
  }
}
