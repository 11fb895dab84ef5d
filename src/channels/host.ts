/** All accounts that run: opened as the configuration names them, kept connected, closed when it names them no more. */
import type { Clock } from '../core/clock.ts'
import type { AccountRef } from '../senders/types.ts'
import { Outbox } from './outbox.ts'
import type { MessageStore, Queued } from './store.ts'
import { newAccountState, supervise, type AccountState } from './supervise.ts'
import type { ChannelAccount, Receiver } from './types.ts'

/** An account as the configuration has it. */
export interface AccountPlan {
  readonly ref: AccountRef
  /** Differs when anything in its settings does; never a secret. */
  readonly print: string
  /** Why it cannot run; `null` when it can. Then it is shown and not opened. */
  readonly problem: string | null
  open(): Promise<ChannelAccount>
}

export interface HostPorts {
  readonly store: Pick<MessageStore, 'forget'>
  readonly receiver: (account: AccountRef) => Receiver
  readonly clock: Clock
  /** In words, without secrets. */
  readonly problemOf: (error: unknown) => string
  readonly warn: (message: string) => void
}

interface Running {
  readonly plan: AccountPlan
  readonly state: AccountState
  readonly stop: AbortController
  account: ChannelAccount | null
  outbox: Outbox | null
  ended: Promise<void>
}

/** What can be told of one account. */
export interface AccountView {
  readonly ref: AccountRef
  readonly state: Readonly<AccountState>
  /** Messages that wait to be sent. */
  readonly waiting: number
}

export class ChannelHost {
  readonly #ports: HostPorts
  readonly #running = new Map<string, Running>()
  /** Answers for accounts that are not open: they wait until one is. */
  readonly #unsent = new Map<string, Queued[]>()

  constructor(ports: HostPorts) {
    this.#ports = ports
  }

  /** Opens what is new, closes what is gone, and opens anew what changed. Resolves when the old ones are closed. */
  async apply(plans: readonly AccountPlan[]): Promise<void> {
    const wanted = new Map(plans.map((plan) => [keyOf(plan.ref), plan]))
    const gone = [...this.#running].filter(
      ([key, { plan }]) => wanted.get(key)?.print !== plan.print,
    )
    await Promise.all(gone.map(([key, running]) => this.#close(key, running)))
    for (const [key, plan] of wanted) if (!this.#running.has(key)) this.#open(key, plan)
  }

  account(ref: AccountRef): ChannelAccount | null {
    return this.#running.get(keyOf(ref))?.account ?? null
  }

  views(): readonly AccountView[] {
    return [...this.#running.values()].map(({ plan, state, outbox }) => ({
      ref: plan.ref,
      state,
      waiting: outbox?.size ?? this.#unsent.get(keyOf(plan.ref))?.length ?? 0,
    }))
  }

  /** They are on disk already. */
  send(messages: readonly Queued[]): void {
    for (const message of messages) {
      const key = keyOf(message)
      const outbox = this.#running.get(key)?.outbox ?? null
      if (outbox !== null) outbox.add([message])
      else this.#unsent.set(key, [...(this.#unsent.get(key) ?? []), message])
    }
  }

  sawInbound(ref: AccountRef): void {
    const state = this.#running.get(keyOf(ref))?.state
    if (state !== undefined) state.lastInboundAt = this.#ports.clock()
  }

  /** Resolves when nothing is under way. What waits is on disk. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map(([key, running]) => this.#close(key, running)))
  }

  #open(key: string, plan: AccountPlan): void {
    const running: Running = {
      plan,
      state: newAccountState(),
      stop: new AbortController(),
      account: null,
      outbox: null,
      ended: Promise.resolve(),
    }
    this.#running.set(key, running)
    running.state.lastError = plan.problem
    if (plan.problem === null) running.ended = this.#run(key, running)
  }

  async #run(key: string, running: Running): Promise<void> {
    const { plan, state, stop } = running
    const { clock, problemOf, warn, store, receiver } = this.#ports
    try {
      running.account = await plan.open()
    } catch (error) {
      state.lastError = problemOf(error)
      warn(`${plan.ref.channel} (${plan.ref.account}) cannot be opened: ${state.lastError}`)
      return
    }
    const outbox = new Outbox(running.account, {
      store,
      clock,
      sent: () => {
        state.lastOutboundAt = clock()
      },
      warn,
    })
    running.outbox = outbox
    outbox.add(this.#unsent.get(key) ?? [])
    this.#unsent.delete(key)
    const { signal } = stop
    await Promise.all([
      outbox.run(signal),
      supervise(running.account, receiver(plan.ref), { state, clock, signal, problemOf, warn }),
    ])
    this.#unsent.set(key, [...outbox.left()])
    running.outbox = null
  }

  async #close(key: string, running: Running): Promise<void> {
    running.stop.abort()
    await running.ended
    this.#running.delete(key)
  }
}

function keyOf({ channel, account }: AccountRef): string {
  return `${channel}\n${account}`
}
