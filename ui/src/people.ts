/** People, devices and networks as the page knows them, and what it says of them. */
import type { Failure } from './api.ts'
import { unreachable } from './unreachable.ts'
import type { Me } from './wire.ts'

/** A person on an account of a chat network, by the id that the network never gives to another. */
export interface Sender {
  readonly channel: string
  readonly account: string
  readonly id: string
  /** They chose it: to be shown through `harmless` alone. */
  readonly name: string
}

export interface SenderAsking extends Sender {
  readonly requestId: string
  readonly code: string
  /** The name in `allowFrom` that an approval would pin to the id; `null` as a rule. */
  readonly entry: string | null
  /** Milliseconds since the epoch, as all times here. */
  readonly askedAt: number
  readonly lapsesAt: number
}

export interface SenderAllowed extends Sender {
  /** `null`: for good. */
  readonly until: number | null
}

export interface DeviceAsking {
  readonly requestId: string
  readonly deviceId: string
  readonly name: string
  /** Program and platform, as it says itself. */
  readonly client: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly address: string
  /** It is known here, and asks again. */
  readonly again: boolean
  readonly askedAt: number
  readonly lapsesAt: number
}

export interface NetworkAccount {
  readonly channel: string
  readonly label: string
  readonly account: string
  readonly connected: boolean
  readonly running: boolean
  readonly problem: string | null
  /** Messages that wait to be sent. */
  readonly waiting: number
}

export interface Everybody {
  readonly asking: readonly SenderAsking[]
  readonly allowed: readonly SenderAllowed[]
  readonly devices: readonly DeviceAsking[]
  readonly networks: readonly NetworkAccount[]
}

/** Spares others a view that the gateway would refuse them; it is the gateway that refuses. */
export function mayDecide({ role, scopes }: Pick<Me, 'role' | 'scopes'>): boolean {
  return (
    role === 'operator' &&
    (scopes.includes('operator.pairing') || scopes.includes('operator.admin'))
  )
}

export function waitingCount({ asking, devices }: Everybody): number {
  return asking.length + devices.length
}

/** `telegram:1001`, with the account where it is not the only one that networks have as a rule. */
export function nameOf({ channel, account, id }: Omit<Sender, 'name'>): string {
  return account === 'default' ? `${channel}:${id}` : `${channel}:${id} (${account})`
}

const GIVES: Readonly<Record<string, string>> = {
  'operator.read': 'read all conversations',
  'operator.write': 'talk to the agents, who may use their tools',
  'operator.tools': 'have the agents use their tools',
  'operator.approvals': 'answer when an agent asks for leave',
  'operator.pairing': 'let people and devices in',
  'operator.admin': 'do everything here, settings included',
}

/** What an approval of this device would let it do, in words. */
export function givenBy({ role, scopes }: Pick<DeviceAsking, 'role' | 'scopes'>): string {
  if (role === 'node') return 'be a node: which commands it may run is asked apart'
  if (role === 'webchat') return 'chat in a conversation of its own'
  if (scopes.length === 0) return 'connect, and nothing else'
  return scopes.map((scope) => GIVES[scope] ?? scope).join('; ')
}

/** Why the gateway did not do it, in words. */
export function whyNot(failure: Failure): string {
  switch (failure.kind) {
    case 'unauthenticated':
      return 'You are logged out.'
    case 'held':
      return 'The gateway is asked too often: try again in a while.'
    case 'unreachable':
      return 'The gateway does not answer. Nothing was changed, as far as this page knows.'
    case 'refused':
      return failure.status === 404
        ? 'That is gone: somebody else answered it, it was asked anew, or it lapsed.'
        : `The gateway refused: ${failure.message}`
    default:
      return unreachable(failure)
  }
}
