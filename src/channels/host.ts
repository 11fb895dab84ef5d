/** All accounts that run: opened as the configuration names them, kept connected, closed when it names them no more. */
import type { Clock } from '../core/clock.ts'
import type { AccountRef } from '../senders/types.ts'
import { backoffMs, pause } from './backoff.ts'
import { lineOf, Outbox, type OutboxPorts } from './outbox.ts'
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
  readonly due: OutboxPorts['due']
  /** An answer went out, or never will. */
  readonly answered: (account: AccountRef, result: 'sent' | 'undeliverable') => void
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
  /** The last one of this name that was closed, until it is over: the next one sends nothing before. */
  readonly #closing = new Map<string, Promise<void>>()

  constructor(ports: HostPorts) {
    this.#ports = ports
  }

  /**
   * Opens what is new, closes what is gone, and opens anew what changed: at once, for settings that were changed count no
   * more, whatever the network still takes its time for. Resolves when the old ones are closed.
   */
  async apply(plans: readonly AccountPlan[]): Promise<void> {
    const wanted = new Map(plans.map((plan) => [keyOf(plan.ref), plan]))
    const gone = [...this.#running].filter(
      ([key, { plan }]) => wanted.get(key)?.print !== plan.print,
    )
    const closed = gone.map(([key, running]) => this.#close(key, running))
    for (const [key, plan] of wanted) if (!this.#running.has(key)) this.#open(key, plan)
    await Promise.all(closed)
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

  /** Messages that wait to be sent into this conversation. */
  unsentTo(ref: AccountRef, to: Address): number {
    const key = keyOf(ref)
    const outbox = this.#running.get(key)?.outbox ?? null
    if (outbox !== null) return outbox.waitingFor(to)
    return (this.#unsent.get(key) ?? []).filter((one) => lineOf(one.to) === lineOf(to)).length
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
    const { clock, problemOf, warn, store, due, receiver, answered } = this.#ports
    const account = await this.#opened(running)
    if (account === null) return
    running.account = account
    await this.#closing.get(key)
    const outbox = new Outbox(account, {
      store,
      clock,
      due,
      sent: () => {
        state.lastOutboundAt = clock()
        answered(plan.ref, 'sent')
      },
      refused: () => answered(plan.ref, 'undeliverable'),
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
    running.outbox = null
    this.#unsent.set(key, [...outbox.left(), ...(this.#unsent.get(key) ?? [])])
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

  #close(key: string, running: Running): Promise<void> {
    running.stop.abort()
    this.#running.delete(key)
    this.#closing.set(key, running.ended)
    return running.ended
  }
}

function nameOf({ channel, account }: AccountRef): string {
  return `${channel} (${account})`
}

function keyOf({ channel, account }: AccountRef): string {
  return `${channel}\n${account}`
}
