/** For tests: a real desk behind the real reception, and the model beside it: after every step they must agree. */
import { deepStrictEqual, strictEqual } from 'node:assert'
import { unreachable } from '../core/never.ts'
import { receive, type ReceptionPorts } from '../channels/reception.ts'
import type { Incoming } from '../channels/types.ts'
import { admitSender } from './admit.ts'
import { HOUR } from './desk.fixture.ts'
import { SenderDesk } from './desk.ts'
import {
  ACCOUNTS,
  OPERATORS,
  PEOPLE,
  POLICIES,
  type Command,
  type Fate,
  type Meant,
  type Step,
} from './model-commands.fixture.ts'
import type { Medium } from './model-media.fixture.ts'
import { Failed, LISTED, Model, type Asked } from './model.fixture.ts'
import {
  approveSender,
  inviteSender,
  rejectSender,
  revokeSender,
  type RequestName,
} from './resolve.ts'
import type { SenderRules } from './rules.ts'
import type { AccountRef, SenderChange, SenderRequest, SenderState } from './types.ts'

class DiskTrouble extends Error {}

/** All that happened, as people saw it: the last word on who may be in. */
interface Diary {
  readonly made: SenderRequest[]
  readonly used: Set<string>
  readonly heard: { readonly who: string; readonly code: string; readonly at: number }[]
}

export class World {
  readonly #medium: Medium
  readonly #model = new Model()
  readonly #tally: (word: string) => void
  readonly #diary: Diary = { made: [], used: new Set(), heard: [] }
  #desk: SenderDesk
  #fate: Fate = { kind: 'fine' }
  #writes = 0
  #messages = 0

  constructor(medium: Medium, tally: (word: string) => void) {
    this.#medium = medium
    this.#tally = tally
    this.#desk = this.#open({ approvals: [], requests: [], invitations: [] })
  }

  async run({ command, fate }: Step): Promise<void> {
    this.#fate = fate
    this.#writes = 0
    this.#model.begin(fate)
    const found = await this.#does(command)
    const expected = this.#expects(command)
    strictEqual(found, expected, JSON.stringify(command))
    this.#tally(found)
    const died = found === 'failed' && fate.kind !== 'full'
    if (died || command.kind === 'restarts') await this.#restart()
    this.#compare()
  }

  /** The last start finds what the model says, and lets in whom it lets in. */
  async finish(): Promise<void> {
    await this.#restart()
    this.#compare()
  }

  #open(saved: SenderState): SenderDesk {
    return new SenderDesk({
      saved,
      store: { save: (change) => this.#save(change) },
      clock: () => this.#model.now,
      announce: () => {},
    })
  }

  async #save(change: SenderChange): Promise<void> {
    for (const request of change.requests ?? [])
      if (!this.#diary.made.some(({ requestId }) => requestId === request.requestId))
        this.#diary.made.push(request)
    const struck = this.#fate.kind !== 'fine' && this.#fate.at <= this.#writes
    this.#writes += 1
    if (!struck || this.#fate.kind === 'dies after') await this.#medium.save(change)
    if (!struck) return
    this.#tally(`disk: ${this.#fate.kind}`)
    throw new DiskTrouble()
  }

  async #restart(): Promise<void> {
    this.#desk = this.#open(await this.#medium.reopen())
    this.#model.restart()
  }

  async #does(command: Command): Promise<string> {
    try {
      return await this.#really(command)
    } catch (error) {
      if (error instanceof DiskTrouble) return 'failed'
      throw error
    }
  }

  async #really(command: Command): Promise<string> {
    const { now } = this.#model
    switch (command.kind) {
      case 'writes':
        return this.#message(personOf(command), accountOf(command), command.bearsName)
      case 'approves': {
        const { name, actor } = this.#named(command)
        const expiresAt = command.forMs === null ? null : now + command.forMs
        const approved = await approveSender(this.#desk, { name, expiresAt }, actor)
        if (approved.kind === 'approved') this.#usedUp(name)
        return approved.kind
      }
      case 'rejects': {
        const { name, actor } = this.#named(command)
        return (await rejectSender(this.#desk, name, actor)).kind
      }
      case 'invites': {
        const sender = { ...accountOf(command), id: personOf(command) }
        const expiresAt = command.forMs === null ? null : now + command.forMs
        await inviteSender(this.#desk, { sender, expiresAt }, actorOf(0))
        return 'invited'
      }
      case 'revokes': {
        const { channel, account } = accountOf(command)
        const where = command.everywhere ? null : account
        const id = personOf(command)
        const gone = await revokeSender(this.#desk, { channel, account: where, id })
        return `revoked ${gone.length}`
      }
      case 'configures':
      case 'passes':
      case 'restarts':
        return command.kind
      default:
        return unreachable(command)
    }
  }

  #expects(command: Command): string {
    try {
      return this.#asTheModel(command)
    } catch (error) {
      if (error instanceof Failed) return 'failed'
      throw error
    }
  }

  #asTheModel(command: Command): string {
    const model = this.#model
    switch (command.kind) {
      case 'writes': {
        const { bearsName, account } = command
        const made = (): [string, string] => {
          const newest = this.#diary.made.at(-1)
          return [newest?.requestId ?? '', newest?.code ?? '']
        }
        return model.writes(personOf(command), account, { bearsName, made })
      }
      case 'approves': {
        const until = command.forMs === null ? null : model.now + command.forMs
        return model.approves(this.#finder(command), { ...guessOf(command), until })
      }
      case 'rejects':
        return model.rejects(this.#finder(command), guessOf(command))
      case 'invites': {
        const until = command.forMs === null ? null : model.now + command.forMs
        return model.invites(personOf(command), command.account, until)
      }
      case 'revokes': {
        const where = command.everywhere ? null : command.account
        return model.revokes(personOf(command), accountOf(command).channel, where)
      }
      case 'passes':
        model.now += command.ms
        return command.kind
      case 'configures': {
        const { everybody, named, listed } = command
        const policy = POLICIES[command.policy] ?? 'disabled'
        model.rules[command.account] = { policy, everybody, named, listed }
        return command.kind
      }
      case 'restarts':
        return command.kind
      default:
        return unreachable(command)
    }
  }

  async #message(id: string, account: AccountRef, bearsName: boolean): Promise<string> {
    this.#messages += 1
    const seen = { read: false, told: '' }
    const incoming: Incoming = {
      ...envelope(id, bearsName),
      messageId: `m${this.#messages}`,
      forwarded: false,
      at: this.#model.now,
      read: () => {
        seen.read = true
        return 'hello'
      },
    }
    const ports: ReceptionPorts = {
      desk: this.#desk,
      store: { receive: () => Promise.resolve(true) },
      rules: (ref) => this.#rulesOf(ref),
      reply: async ([message]) => {
        seen.told = message?.text.slice(-6) ?? ''
      },
      kept: () => {},
      record: () => {},
      recorded: (_change, run) => run(),
      inviterStands: () => true,
      clock: () => this.#model.now,
    }
    const reception = await receive(account, incoming, ports).finally(() => {
      // Whatever becomes of it afterwards, this is what they heard.
      if (seen.told !== '') this.#hears(`${account.channel}:${account.account}:${id}`, seen.told)
    })
    strictEqual(seen.read, reception.kind === 'kept', 'read, and only read, when it is let in')
    switch (reception.kind) {
      case 'denied':
        return reception.reason
      case 'asked':
        return reception.told ? 'told' : reception.full ? 'full' : 'asked'
      case 'ignored':
      case 'kept':
      case 'repeated':
      case 'stale':
      case 'invited':
        return reception.kind
      default:
        return unreachable(reception)
    }
  }

  /** One code an hour: the same may be told again where it is not known that it was. */
  #hears(who: string, code: string): void {
    const at = this.#model.now
    const before = this.#diary.heard.filter((one) => one.who === who && one.code !== code)
    const made = this.#diary.made.find((one) => one.code === code)
    for (const other of before) {
      const earlier = this.#diary.made.find((one) => one.code === other.code)
      const late = Math.abs(at - (earlier?.createdAt ?? 0)) >= HOUR
      const resolved = this.#desk.book.request(earlier?.requestId ?? '') === null
      strictEqual(late || resolved, true, 'a second code within the hour')
    }
    strictEqual(made?.code, code, 'told a code that was never made')
    this.#diary.heard.push({ who, code, at })
  }

  #usedUp(name: RequestName): void {
    const made = this.#diary.made.find((one) =>
      name.kind === 'id' ? one.requestId === name.requestId : one.code === name.code,
    )
    if (made === undefined) throw new Error('approved what nobody asked')
    strictEqual(Math.abs(this.#model.now - made.createdAt) < HOUR, true, 'a code that works late')
    strictEqual(this.#diary.used.has(made.requestId), false, 'a code that works twice')
    this.#diary.used.add(made.requestId)
  }

  #meant({ which }: Meant): SenderRequest | undefined {
    return this.#diary.made.at(-1 - which)
  }

  #named(meant: Meant): { readonly name: RequestName; readonly actor: ReturnType<typeof actorOf> } {
    const actor = actorOf(meant.operator)
    const request = this.#meant(meant)
    const channel = request?.channel ?? 'telegram'
    if (meant.by === 'id')
      return { name: { kind: 'id', requestId: request?.requestId ?? 'none' }, actor }
    const code = meant.by === 'wrong code' ? '22222Z' : (request?.code ?? '22222Y')
    const other = channel === 'telegram' ? 'discord' : 'telegram'
    const where = meant.by === 'code elsewhere' ? other : channel
    return { name: { kind: 'code', channel: where, code }, actor }
  }

  #finder(meant: Meant): (one: Asked) => boolean {
    const request = this.#meant(meant)
    if (meant.by !== 'code' && meant.by !== 'id') return () => false
    return ({ requestId }) => requestId === request?.requestId
  }

  #rulesOf(ref: AccountRef): SenderRules {
    const at = ACCOUNTS.findIndex(
      ({ channel, account }) => channel === ref.channel && account === ref.account,
    )
    const rules = this.#model.rules[at]
    if (rules === undefined) throw new Error('there is no such account')
    const nobody = { ids: new Set<string>(), names: new Set<string>(), everybody: false }
    return {
      dmPolicy: rules.policy,
      allowFrom: {
        ids: new Set(rules.listed ? [LISTED] : []),
        names: new Set(rules.named ? ['alice'] : []),
        everybody: rules.everybody,
      },
      groupPolicy: 'allowlist',
      groups: new Set(),
      groupAllowFrom: nobody,
    }
  }

  #compare(): void {
    const { book } = this.#desk
    const { known, now } = this.#model
    const where = ({ channel, account }: AccountRef): number =>
      ACCOUNTS.findIndex((one) => one.channel === channel && one.account === account)
    deepStrictEqual(
      book
        .approvals()
        .map((one) => `${where(one)} ${one.id} ${one.entry ?? '-'} ${one.ended}`)
        .sort(),
      known.approved
        .map((one) => `${one.account} ${one.person} ${one.named ? 'alice' : '-'} ${one.over}`)
        .sort(),
    )
    deepStrictEqual(
      book
        .requests()
        .map((one) => `${one.requestId} ${one.told} ${one.rejected} ${one.id}`)
        .sort(),
      known.asked.map((one) => `${one.requestId} ${one.told} ${one.rejected} ${one.person}`).sort(),
    )
    for (const [at, account] of ACCOUNTS.entries()) {
      const rules = this.#rulesOf(account)
      const waiting = book.requestsAt(account).filter(({ rejected }) => !rejected)
      strictEqual(waiting.length <= 3, true, 'more than three wait')
      for (const person of PEOPLE) {
        const context = { account, rules, approvals: book, now }
        const { kind } = admitSender(envelope(person, true), context)
        const standing = this.#model.standing(person, at, true)
        strictEqual(kind === 'allowed', standing === 'kept', `${person} at ${at}`)
      }
    }
  }
}

function envelope(id: string, bearsName: boolean) {
  return {
    conversation: { kind: 'dm' as const, id },
    sender: { id, names: bearsName ? ['Alice'] : [], displayName: `Mx ${id}` },
    addressed: true,
  }
}

function personOf({ person }: { readonly person: number }): string {
  const found = PEOPLE[person]
  if (found === undefined) throw new Error('there is no such person')
  return found
}

function accountOf({ account }: { readonly account: number }): AccountRef {
  const found = ACCOUNTS[account]
  if (found === undefined) throw new Error('there is no such account')
  return found
}

function actorOf(operator: number) {
  return { scopes: [], deviceId: null, name: OPERATORS[operator] ?? 'owner:owner' }
}

function guessOf({ by, operator }: Meant) {
  return { guessed: by !== 'id', operator }
}
