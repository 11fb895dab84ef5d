/** Where guesses are counted once no more addresses can be told apart: by network, then all together. */
import { coarseBucket } from '../core/address.ts'
import { GuessAccounts } from './throttle-accounts.ts'
import { accountKey, CLASSES, EVERYBODY } from './throttle-locks.ts'
import { GuessRate } from './throttle-rate.ts'
import type { GuessSettings } from './throttle-settings.ts'
import type { CredentialClass } from './types.ts'

/** Wrong guesses a second of everybody who is not tracked (SPEC 2.4). */
const PER_SECOND = 10

/** Bounded like the rest: when networks cannot be told apart either, everybody left shares one account a class. */
export class GuessCrowd {
  readonly networks: GuessAccounts
  readonly everybody: GuessAccounts
  readonly #rate = new GuessRate(PER_SECOND)

  /** `capacity`: networks and classes that can be told apart. */
  constructor(capacity: number, settings: GuessSettings) {
    this.networks = new GuessAccounts(capacity, settings)
    this.everybody = new GuessAccounts(CLASSES.length, settings)
  }

  heldForMs(address: string, cls: CredentialClass, now: number): number {
    const { accounts, key } = this.#account(address, cls, now)
    return Math.max(accounts.heldForMs(key, now) ?? 0, this.#rate.heldForMs(now))
  }

  /** Of a caller that is not held: the bucket, and the end of the hold that this guess created, else `null`. */
  charge(
    address: string,
    cls: CredentialClass,
    now: number,
  ): { readonly key: string; readonly until: number | null } {
    const { accounts, key } = this.#account(address, cls, now)
    this.#rate.charge(now)
    return { key, until: accounts.charge(key, now) }
  }

  #account(
    address: string,
    cls: CredentialClass,
    now: number,
  ): { readonly accounts: GuessAccounts; readonly key: string } {
    const key = accountKey(cls, coarseBucket(address))
    const apart = this.networks.heldForMs(key, now) !== null || this.networks.hasRoom(now)
    return apart
      ? { accounts: this.networks, key }
      : { accounts: this.everybody, key: accountKey(cls, EVERYBODY) }
  }
}
