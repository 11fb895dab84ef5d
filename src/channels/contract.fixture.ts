/** For tests: what the contract asks of a network's stand-in, and an account of ours that is open on it. */
import { expect, onTestFinished, vi } from 'vitest'
import { Secret } from '../core/secret.ts'
import { memory } from './account.fixture.ts'
import { hookServer } from './hook-server.fixture.ts'
import type { ChannelKind } from './kind.ts'
import type { Button, ChannelAccount, Incoming, Outgoing, Press } from './types.ts'

export type PersonName = 'anna' | 'bela'

export interface Said {
  readonly from: PersonName
  /** `null`: a picture. */
  readonly text: string | null
  /** In a group that we are in, and whether it mentions us; a direct message without it. */
  readonly group?: 'among others' | 'to us'
}

/** What a person on the network sees of us in a direct message. */
export interface Seen {
  readonly to: PersonName
  readonly text: string
  readonly buttons: readonly Button[]
}

/** A network, stood in for. */
export interface Network {
  /** As the network's own messages name them. */
  readonly ids: Readonly<Record<PersonName, string>>
  /** Returns the id that the message must be heard under. */
  say(said: Said): string
  /** Everything that is nobody's word: our own messages, those of other bots. */
  babble(): void
  /** On the button that was shown last. */
  press(by: PersonName): void
  readonly seen: () => readonly Seen[]
  /** How many messages the network holds until we have them. */
  readonly owes: () => number
  /** The next message of ours: `wait` says 3 seconds, `blocked` is for good, `broken` a failure of its own. */
  next(fate: 'wait' | 'blocked' | 'broken'): void
  /** From now on: answers nothing, or refuses everything and repeats what it was sent. */
  feel(mood: 'silent' | 'careless'): void
  /** Cuts all connections. */
  cut(): void
  /** Where the network calls us, if it does. */
  hook(url: string): void
  stop(): Promise<void>
}

export interface NetworkRow<Settings extends object> {
  readonly kind: ChannelKind<Settings>
  readonly name: string
  readonly groups: boolean
  readonly stand: () => Promise<{ readonly network: Network; readonly settings: Settings }>
  /** What an account cannot do without, and what the operator reads about where to get it. */
  readonly needs: Readonly<Partial<Record<keyof Settings & string, RegExp>>>
}

export interface Opening {
  readonly token?: Secret
  readonly warn?: (message: string) => void
  readonly cursor?: ReturnType<typeof memory>['cursor']
}

/** One way of one network, its settings closed over. */
export interface ContractRow {
  readonly id: string
  readonly kind: unknown
  readonly name: string
  readonly groups: boolean
  readonly stand: () => Promise<StoodIn>
}

export interface StoodIn {
  readonly network: Network
  /** Everything that must never be seen. */
  readonly secrets: readonly string[]
  /** As JSON, for another process. */
  readonly settings: { readonly secret: object; readonly plain: object }
  readonly complete: string | null
  /** Of an account that lacks one thing. */
  readonly lacking: readonly {
    readonly field: string
    readonly problem: string | null
    readonly says: RegExp
  }[]
  readonly open: (opening?: Opening) => Promise<ChannelAccount>
}

export function contractRow<Settings extends object>({
  kind,
  name,
  groups,
  stand,
  needs,
}: NetworkRow<Settings>): ContractRow {
  return {
    id: kind.id,
    kind,
    name,
    groups,
    async stand() {
      const { network, settings } = await stand()
      onTestFinished(() => network.stop())
      const entries: [string, unknown][] = Object.entries(settings)
      const secret = entries.flatMap(([field, value]): [string, string][] =>
        value instanceof Secret ? [[field, value.reveal()]] : [],
      )
      const plain = entries.filter(([, value]) => !(value instanceof Secret))
      return {
        network,
        secrets: secret.map(([, value]) => value),
        settings: { secret: Object.fromEntries(secret), plain: Object.fromEntries(plain) },
        complete: kind.problemOf(settings),
        lacking: Object.entries<RegExp | undefined>(needs).map(([field, says = /./]) => {
          const without = { ...settings, [field]: undefined }
          return { field, problem: kind.problemOf(without), says }
        }),
        open: ({ token, warn = () => {}, cursor = memory().cursor } = {}) =>
          kind.open(
            { channel: kind.id, account: 'default' },
            token === undefined ? settings : { ...settings, token },
            { cursor, warn },
          ),
      }
    },
  }
}

export const NEVER = new AbortController().signal
export const WAIT = { timeout: 10_000 }

/** `keep`: what becomes of a message; it is kept when that resolves. */
export async function live(row: ContractRow, keep = async (_message: Incoming) => {}) {
  const stood = await row.stand()
  const { network } = stood
  const warnings: string[] = []
  const account = await stood.open({ warn: (message) => warnings.push(message) })
  const heard: Incoming[] = []
  const presses: Press[] = []
  const problems: unknown[] = []
  const state = { connected: 0, pressed: () => {} }
  const receiver = {
    message: async (message: Incoming) => {
      heard.push(message)
      await keep(message)
    },
    press: async (press: Press) => {
      presses.push(press)
      state.pressed()
      return 'noted'
    },
    connected: () => void (state.connected += 1),
  }
  const stop = new AbortController()
  /** Again and again, as it is supervised. */
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted)
      await account.run(receiver, stop.signal).catch((error: unknown) => problems.push(error))
  }
  const hooks = await hookServer((request) => account.hook?.(request, receiver))
  network.hook(hooks.url)
  const ended = run()
  const end = async (): Promise<void> => {
    stop.abort()
    await ended
  }
  onTestFinished(async () => {
    await end()
    await hooks.close()
  })
  await vi.waitFor(() => expect(state.connected).toBe(1), WAIT)
  return {
    ...stood,
    account,
    state,
    heard,
    presses,
    problems,
    warnings,
    /** Resolves when it has ended. */
    end,
    texts: () => heard.map((message) => message.read()),
    /** Nobody can reach anybody; the answer makes it as it was. */
    cut: async () => {
      await hooks.close()
      network.cut()
      return hooks.reopen
    },
  }
}

/** What we say to whoever wrote this message. */
export function answerTo({ conversation }: Pick<Incoming, 'conversation'>): Outgoing {
  return { id: 'answer-1', to: conversation, text: 'hello', replyTo: null, buttons: [] }
}
