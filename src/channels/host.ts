/** All accounts that run: opened as the configuration names them, kept connected, closed when it names them no more. */
import type { Clock } from '../core/clock.ts'
import type { AccountRef } from '../senders/types.ts'
import { backoffMs, pause } from './backoff.ts'
import { Outbox } from './outbox.ts'
import type { MessageStore, Queued } from './store.ts'
import { newAccountState, supervise, type AccountState } from './supervise.ts'
import type { Address, ChannelAccount, Receiver, Sent } from './types.ts'

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

  /** Sends at once, and never instead of what waits: `null` where it cannot. */
  async between(
    ref: AccountRef,
    to: Address,
    send: (account: ChannelAccount) => Promise<Sent>,
  ): Promise<Sent | null> {
    const { account = null, outbox = null } = this.#running.get(keyOf(ref)) ?? {}
    return account === null || outbox === null ? null : outbox.between(to, () => send(account))
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
    else this.#ports.warn(`${nameOf(plan.ref)} does not run: ${plan.problem}`)
  }

  async #run(key: string, running: Running): Promise<void> {
    const { plan, state, stop } = running
    const { clock, problemOf, warn, store, receiver } = this.#ports
    const account = await this.#opened(running)
    if (account === null) return
    running.account = account
    const outbox = new Outbox(account, {
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
      supervise(account, receiver(plan.ref), { state, clock, signal, problemOf, warn }),
    ])
    this.#unsent.set(key, [...outbox.left()])
    running.outbox = null
  }

  /** Tries until it opens; `null` when it is not wanted any more. */
  async #opened({ plan, state, stop: { signal } }: Running): Promise<ChannelAccount | null> {
    const { problemOf, warn } = this.#ports
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await plan.open()
      } catch (error) {
        state.lastError = problemOf(error)
        if (failures === 1) warn(`${nameOf(plan.ref)} cannot be opened: ${state.lastError}`)
      }
      await pause(backoffMs(failures), signal)
    }
    return null
  }

  async #close(key: string, running: Running): Promise<void> {
    running.stop.abort()
    await running.ended
    this.#running.delete(key)
  }
}

function nameOf({ channel, account }: AccountRef): string {
  return `${channel} (${account})`
}

function keyOf({ channel, account }: AccountRef): string {
  return `${channel}\n${account}`
}
