/** The end that a person, or a service manager, puts to a command that goes on until then: that is no failure. */

/** Aborted by Ctrl-C, SIGTERM, or the end of the terminal. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => controller.abort())
  return controller.signal
}
