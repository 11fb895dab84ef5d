/** A kind of network: how it names people, what an account of it needs, and how one is opened. */
import type { AccountRef } from '../senders/types.ts'
import type { AccountPorts, ChannelAccount, ChannelNaming } from './types.ts'

/** `Settings`: as the configuration has them for one account. */
export interface ChannelKind<Settings> extends ChannelNaming {
  /** Why an account with these settings cannot run: what is missing, and where to get it. `null`: it can. */
  readonly problemOf: (settings: Settings) => string | null
  /** The network's library is loaded only here. Called where {@link problemOf} finds nothing. */
  readonly open: (
    ref: AccountRef,
    settings: Settings,
    ports: AccountPorts,
  ) => Promise<ChannelAccount>
}

/** What went wrong with a network, in words for the operator: no secret, and nothing that a stranger wrote. */
export class ChannelProblem extends Error {}

/** Of whatever an account threw. */
export function problemOf(error: unknown): string {
  return error instanceof ChannelProblem ? error.message : 'the network cannot be reached'
}
