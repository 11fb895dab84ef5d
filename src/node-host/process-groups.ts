/** The process groups of running commands: ended as a whole, so that nothing of a command goes on without it. */

/** How long a command has to end by itself once it is asked to. */
const GRACE_MS = 2_000

export class ProcessGroups {
  readonly #leaders = new Set<number>()

  add(leader: number): void {
    this.#leaders.add(leader)
  }

  /** Its leader ended: what is left of the group goes with it. */
  end(leader: number): void {
    if (!this.#leaders.delete(leader)) return
    signalGroup(leader, 'SIGKILL')
  }

  /** Asks first. */
  stop(leader: number): void {
    if (!this.#leaders.has(leader)) return
    signalGroup(leader, 'SIGTERM')
    setTimeout(() => {
      if (this.#leaders.has(leader)) signalGroup(leader, 'SIGKILL')
    }, GRACE_MS)
  }

  /** At once: for the end of this process, which waits for nobody. */
  killAll(): void {
    for (const leader of this.#leaders) signalGroup(leader, 'SIGKILL')
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // Nobody is left in it (ESRCH), or what is left became another user's (EPERM): there is nothing more to do.
  }
}
