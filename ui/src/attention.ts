/** Whether somebody looks at the page: a forgotten one must not keep its session alive, nor a connection open. */

/** Nobody touched the page for so long. */
const UNTOUCHED_MS = 3_600_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown'] as const

/** Runs `work` while the page is in sight and in use; its signal fires when it is not. Returns how to end it for good. */
export function whileAttended(work: (signal: AbortSignal) => void): () => void {
  const ending = new AbortController()
  const now: { going: AbortController | null; timer: number; touched: number } = {
    going: null,
    timer: 0,
    touched: 0,
  }
  const stop = (): void => {
    now.going?.abort()
    now.going = null
  }
  const look = (): void => {
    const left = now.touched + UNTOUCHED_MS - Date.now()
    if (document.visibilityState !== 'visible' || left <= 0) return stop()
    clearTimeout(now.timer)
    now.timer = window.setTimeout(look, left)
    if (now.going !== null) return
    now.going = new AbortController()
    work(now.going.signal)
  }
  const touch = (): void => {
    // Each movement of a mouse is one: looked at once a minute is enough, but at once where it wakes the page.
    if (now.going !== null && Date.now() - now.touched < 60_000) return
    now.touched = Date.now()
    look()
  }
  const options = { signal: ending.signal, passive: true }
  for (const sign of SIGNS) document.addEventListener(sign, touch, options)
  document.addEventListener('visibilitychange', look, options)
  touch()
  return () => {
    ending.abort()
    clearTimeout(now.timer)
    stop()
  }
}
