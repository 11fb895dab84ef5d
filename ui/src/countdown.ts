/** Counts down to when another login attempt makes sense. */
import { useEffect, useState } from 'preact/hooks'
import type { Notice } from './notice.ts'

/** Whole seconds left; 0 when there is nothing to wait for. */
export function useCountdown(notice: Notice | null): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    const endsAt = Date.now() + (notice?.waitMs ?? 0)
    const tick = () => setLeft(Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)))
    tick()
    if (notice === null || notice.waitMs <= 0) return undefined
    const timer = setInterval(tick, 250)
    return () => clearInterval(timer)
  }, [notice])
  return left
}

/** `45 s`, `4 min 5 s`. */
export function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
