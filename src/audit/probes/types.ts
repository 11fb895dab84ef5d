/** Vocabulary of `--deep`: a probe says what to send to the gateway that runs, and what its answers, or facts about it, mean. Sending is `app/audit-send.ts`. */
import type { Secret } from '../../core/secret.ts'
import type { AuditFacts, Found, Severity } from '../types.ts'

/** One probe. One file each; `index.ts` lists them. Pure. */
export interface Probe {
  /** `deep.foreign_host`. */
  readonly id: string
  /** The highest severity that it may report. */
  readonly severity: Severity
  /** One line for the reference page: what is wrong when it reports. */
  readonly title: string
  /** Why it matters and where the rule comes from. For the reference page. */
  readonly why: string
  /** What to send; those of all probes together are at most {@link MOST_REQUESTS}. */
  requests?(live: LiveFacts): readonly Sent[]
  /** What the first answers make worth asking. */
  more?(answers: readonly Answered[]): readonly Sent[]
  judge(live: LiveFacts, answers: readonly Answered[]): readonly Found[]
  /** In words: what of it could not be tried, and why; `null` when all was. */
  notTried?(live: LiveFacts, answers: readonly Answered[]): string | null
}

export const MOST_REQUESTS = 60

export interface Sent {
  /** The gateway's port, that of the nodes, or the owner's socket. */
  readonly over: 'port' | 'bridge' | 'owner'
  /** A WebSocket is opened, and `connect` asked without any credential. */
  readonly as: 'http' | 'websocket'
  readonly method: string
  /** With its query. */
  readonly path: string
  /** `Name: value`, one each; without a Host the address that it goes to. */
  readonly headers: readonly string[]
  /** Source address; the system's choice where it is missing. */
  readonly from?: string
}

export interface Answered {
  readonly sent: Sent
  /** Address that the gateway saw at the other end; `''` when there was no connection. */
  readonly peer: string
  /** 0: nobody answered. Of a WebSocket: 101 once it is one. */
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** At most 1 MiB of it. */
  readonly body: string
  /** A 2xx, or `connect` was granted. */
  readonly letIn: boolean
}

/** What is known of the gateway that runs, beside its answers to strangers. */
export interface LiveFacts {
  readonly audit: AuditFacts
  /** Of this program. */
  readonly version: string
  /** What it says of itself in its state dir. */
  readonly info: { readonly pid: number; readonly port: number }
  /** `status`, asked over the owner's socket; `null`: it did not answer there. */
  readonly status: LiveStatus | null
  readonly ownerSocket: SocketFile | null
  /** Where its process listens, by the kernel; `null`: nobody here can tell. */
  readonly sockets: readonly ListeningSocket[] | null
  /** Where the configuration says. */
  readonly expected: readonly ExpectedSocket[]
  readonly record: RecordFact
  /** Every secret that the configuration knows. */
  readonly secrets: readonly Secret[]
}

export interface LiveStatus {
  readonly version: string
  readonly listening: readonly {
    readonly listener: string
    readonly address: string
    readonly port: number | null
  }[]
  readonly recordWritable: boolean
  /** Why the file on disk is not in force; `null` when it is. */
  readonly configError: string | null
  readonly warnings: readonly string[]
}

export interface SocketFile {
  readonly path: string
  /** Permission bits alone. */
  readonly mode: number
  readonly uid: number
}

export interface ListeningSocket {
  readonly address: string
  readonly port: number
}

export interface ExpectedSocket {
  readonly listener: 'tcp' | 'bridge' | 'tailscale'
  readonly address: string
  /** `null`: any. */
  readonly port: number | null
  /** A host without IPv6 is served without it. */
  readonly optional: boolean
}

export type RecordFact =
  | { readonly kind: 'intact' }
  /** In words: file, line and what. */
  | { readonly kind: 'broken'; readonly what: string }
  /** There was no time for it. */
  | { readonly kind: 'unread' }
