/** For tests: SPEC 5 read naively: lists that are searched, a copy of everything for the disk, no index and no queue. */
import { HOUR, MINUTE, NOW } from './desk.fixture.ts'
import { ACCOUNTS, PEOPLE, type Fate, type POLICIES } from './model-commands.fixture.ts'

export interface Approved {
  readonly person: string
  readonly account: number
  readonly named: boolean
  readonly until: number | null
  over: boolean
}

export interface Asked {
  readonly person: string
  readonly account: number
  readonly named: boolean
  readonly at: number
  readonly requestId: string
  readonly code: string
  told: boolean
  rejected: boolean
}

interface Known {
  approved: Approved[]
  asked: Asked[]
}

export interface AccountRules {
  readonly policy: (typeof POLICIES)[number]
  readonly everybody: boolean
  readonly named: boolean
  readonly listed: boolean
}

/** The disk took nothing, or the process is gone. */
export class Failed extends Error {}

/** The first of the people is the one who may be in the list of ids. */
export const LISTED = PEOPLE[0]

export class Model {
  now = NOW
  known: Known = { approved: [], asked: [] }
  rules: AccountRules[] = ACCOUNTS.map(() => ({
    policy: 'pairing',
    everybody: false,
    named: true,
    listed: false,
  }))
  #disk: Known = { approved: [], asked: [] }
  #fate: Fate = { kind: 'fine' }
  #writes = 0
  #guesses = new Map<number, { count: number; since: number }>()

  begin(fate: Fate): void {
    this.#fate = fate
    this.#writes = 0
  }

  restart(): void {
    this.known = structuredClone(this.#disk)
    this.#guesses = new Map()
  }

  /** What becomes of a message; `made` says what the new request was called, where there is one. */
  writes(
    person: string,
    account: number,
    { bearsName, made }: { readonly bearsName: boolean; readonly made: () => [string, string] },
  ): string {
    const mine = this.#approvedOf(person, account)
    if (mine !== undefined && !mine.over && mine.until !== null && mine.until <= this.now)
      this.#write((next) => {
        for (const one of next.approved)
          if (one.person === person && one.account === account) one.over = true
      }, 'at once')
    const standing = this.standing(person, account, bearsName)
    return standing === 'asks' || standing === 'asks by name'
      ? this.#asks(person, account, { named: standing === 'asks by name', made })
      : standing
  }

  standing(person: string, account: number, bearsName: boolean): string {
    const rules = this.rules[account]
    if (rules === undefined || rules.policy === 'disabled') return 'dm_disabled'
    if (rules.listed && person === LISTED) return 'kept'
    if (rules.policy === 'open' && rules.everybody) return 'kept'
    const mine = this.#approvedOf(person, account)
    const counts = mine !== undefined && (mine.named ? rules.named : rules.policy === 'pairing')
    const over =
      mine !== undefined && (mine.over || (mine.until !== null && mine.until <= this.now))
    if (counts && !over) return 'kept'
    if (bearsName && rules.named && this.#mayBear(person, account)) return 'asks by name'
    if (rules.policy === 'pairing') return 'asks'
    return counts ? 'sender_approval_expired' : 'sender_not_allowed'
  }

  #mayBear(person: string, account: number): boolean {
    const pinned = this.known.approved.find((one) => one.account === account && one.named)
    if (pinned !== undefined) return pinned.person === person
    const first = this.#waitsAt(account).find((one) => one.named)
    return first === undefined || first.person === person
  }

  #asks(
    person: string,
    account: number,
    { named, made }: { readonly named: boolean; readonly made: () => [string, string] },
  ): string {
    const here = this.#waitsAt(account)
    const mine = here.find((one) => one.person === person)
    if (mine !== undefined) {
      if (mine.told || mine.rejected) return 'asked'
      this.#tell(mine.requestId)
      return 'told'
    }
    const withoutOver = (next: Known): void => {
      next.asked = next.asked.filter((one) => one.account !== account || this.#waits(one))
    }
    const full = here.filter((one) => !one.rejected).length >= 3
    if (full) {
      const anyOver = this.known.asked.some((one) => one.account === account && !this.#waits(one))
      if (anyOver) this.#write(withoutOver)
      return 'full'
    }
    const [requestId, code] = made()
    this.#write((next) => {
      withoutOver(next)
      const at = this.now
      next.asked.push({ person, account, named, at, requestId, code, told: false, rejected: false })
    })
    this.#tell(requestId)
    return 'told'
  }

  #tell(requestId: string): void {
    this.#write((next) => {
      for (const one of next.asked) if (one.requestId === requestId) one.told = true
    })
  }

  approves(
    find: (one: Asked) => boolean,
    options: {
      readonly guessed: boolean
      readonly operator: number
      readonly until: number | null
    },
  ): string {
    const found = this.#resolves(find, options)
    if (typeof found === 'string') return found
    this.#write((next) => {
      next.asked = next.asked.filter((one) => one.requestId !== found.requestId)
      this.#letIn(next, { ...found, until: options.until })
    })
    return 'approved'
  }

  rejects(
    find: (one: Asked) => boolean,
    options: { readonly guessed: boolean; readonly operator: number },
  ): string {
    const found = this.#resolves(find, options)
    if (typeof found === 'string') return found
    this.#write((next) => {
      for (const one of next.asked) if (one.requestId === found.requestId) one.rejected = true
    })
    return 'rejected'
  }

  invites(person: string, account: number, until: number | null): string {
    this.#write((next) => {
      next.asked = next.asked.filter((one) => one.person !== person || one.account !== account)
      this.#letIn(next, { person, account, named: false, until })
    })
    return 'invited'
  }

  revokes(person: string, channel: string, account: number | null): string {
    const goes = (one: Approved): boolean =>
      one.person === person &&
      ACCOUNTS[one.account]?.channel === channel &&
      (account === null || account === one.account)
    const gone = this.known.approved.filter(goes).length
    if (gone > 0 || JSON.stringify(this.known) !== JSON.stringify(this.#disk))
      this.#write((next) => {
        next.approved = next.approved.filter((one) => !goes(one))
      }, 'at once')
    return `revoked ${gone}`
  }

  #letIn(next: Known, one: Pick<Approved, 'person' | 'account' | 'named' | 'until'>): void {
    const { person, account, named, until } = one
    next.approved = next.approved.filter(
      (other) => other.person !== person || other.account !== account,
    )
    next.approved.push({ person, account, named, until, over: false })
  }

  #resolves(
    find: (one: Asked) => boolean,
    { guessed, operator }: { readonly guessed: boolean; readonly operator: number },
  ): Asked | string {
    const before = this.#guesses.get(operator)
    const recent = before !== undefined && Math.abs(this.now - before.since) < 10 * MINUTE
    const guesses = recent ? before : { count: 0, since: this.now }
    if (guessed && guesses.count >= 10) return 'held'
    const found = this.known.asked.find((one) => find(one) && this.#waits(one) && !one.rejected)
    if (found === undefined) {
      if (guessed) this.#guesses.set(operator, { ...guesses, count: guesses.count + 1 })
      return 'unknown'
    }
    if (guessed) this.#guesses.delete(operator)
    return found
  }

  #write(change: (next: Known) => void, when: 'at once' | 'when written' = 'when written'): void {
    const next = structuredClone(this.known)
    change(next)
    if (when === 'at once') this.known = next
    const struck = this.#fate.kind !== 'fine' && this.#fate.at <= this.#writes
    this.#writes += 1
    if (!struck || this.#fate.kind === 'dies after') this.#disk = structuredClone(next)
    if (struck) throw new Failed()
    this.known = next
  }

  #waits({ at }: Asked): boolean {
    return Math.abs(this.now - at) < HOUR
  }

  #waitsAt(account: number): Asked[] {
    return this.known.asked.filter((one) => one.account === account && this.#waits(one))
  }

  #approvedOf(person: string, account: number): Approved | undefined {
    return this.known.approved.find((one) => one.person === person && one.account === account)
  }
}
