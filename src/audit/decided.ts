/** A request that the audit makes up, and what the gateway would say to it. */
import type { Scope } from '../access/scopes.ts'

export interface MadeUp {
  /** Address of the other end, as the kernel would report it. */
  readonly peer: string
  readonly method?: string
  readonly path?: string
  /** `Name: value`, one each. */
  readonly headers?: readonly string[]
  /** Uid that the peer's socket belongs to, on this host; the gateway's own where it is missing. */
  readonly uid?: number
  /** Came over the listener of Tailscale Serve, from a machine of this user's, as tailscaled would confirm. */
  readonly tailnetLogin?: string
}

export type Decided =
  | {
      readonly kind: 'allowed'
      /** `kind:id` of whoever it would be. */
      readonly principal: string
      readonly via: string
      readonly scopes: readonly Scope[]
    }
  | { readonly kind: 'refused'; readonly reason: string }

/** An address that is nobody's: RFC 5737. */
export const STRANGER = '203.0.113.7'

/** Uid of nobody, who is another user than whoever runs a gateway. */
export const OTHER_UID = 65_534
