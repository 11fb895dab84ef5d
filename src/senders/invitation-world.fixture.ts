/** For tests: a real desk behind the real reception, and the model of invitations beside it: after every step they must agree. */
import { deepStrictEqual, strictEqual } from 'node:assert'
import { receive, type ReceptionPorts } from '../channels/reception.ts'
import type { Incoming } from '../channels/types.ts'
import { unreachable } from '../core/never.ts'
import { readInvitationCode } from './code.ts'
import { OWNER } from './desk.fixture.ts'
import { SenderDesk } from './desk.ts'
import {
  InvitationModel,
  type InvitationCommand,
  type InvitationStep,
  type Promised,
} from './invitation-model.fixture.ts'
import { cancelInvitation, makeInvitation, standingInvitations } from './invite.ts'
import { ACCOUNTS, PEOPLE, type Fate } from './model-commands.fixture.ts'
import type { Medium } from './model-media.fixture.ts'
import { Failed } from './model.fixture.ts'
import { revokeSender } from './resolve.ts'
import { senderList } from './rules.ts'
import type { AccountRef, SenderChange, SenderState } from './types.ts'

class DiskTrouble extends Error {}

const NOBODY = senderList([], () => ({ kind: 'id', id: '' }))
const MAKER = { kind: 'owner', id: 'owner', madeBy: null } as const
const always = () => true

export class InvitationWorld {
  readonly #medium: Medium
  readonly #model = new InvitationModel()
  readonly #tally: (word: string) => void
  readonly #codes = new Map<string, string>()
  readonly #made: string[] = []
  #desk: SenderDesk
  #fate: Fate = { kind: 'fine' }
  #writes = 0
  #flushed = false
  #messages = 0

  constructor(medium: Medium, tally: (word: string) => void) {
    this.#medium = medium
    this.#tally = tally
    this.#desk = this.#open({ approvals: [], requests: [], invitations: [] })
  }

  async run({ command, fate }: InvitationStep): Promise<void> {
    this.#fate = fate
    this.#writes = 0
    this.#flushed = false
    this.#model.begin(fate)
    const before = this.#made.length
    const found = await this.#does(command)
    const expected = this.#expects(command, this.#made.slice(before).at(0) ?? '')
    if (this.#flushed) this.#model.flushed()
    strictEqual(found, expected, JSON.stringify(command))
    this.#tally(found)
    const died = found === 'failed' && fate.kind !== 'full'
    if (died || command.kind === 'restarts') await this.#restart()
    this.#compare()
  }

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

  /** What strangers ask is another model's: it is always written. */
  async #save(change: SenderChange): Promise<void> {
    const { approvals = [], requests = [], resolved = [], invitations = [] } = change
    for (const { invitationId } of invitations)
      if (!this.#made.includes(invitationId)) this.#made.push(invitationId)
    if (requests.length > 0 || (resolved.length > 0 && approvals.length === 0)) {
      this.#flushed = true
      return this.#medium.save(change)
    }
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

  async #does(command: InvitationCommand): Promise<string> {
    try {
      return await this.#really(command)
    } catch (error) {
      if (error instanceof DiskTrouble) return 'failed'
      throw error
    }
  }

  async #really(command: InvitationCommand): Promise<string> {
    switch (command.kind) {
      case 'makes':
        return this.#makes(command)
      case 'sends':
        return this.#sends(PEOPLE[command.person] ?? '', accountOf(command), this.#text(command))
      case 'cancels': {
        const gone = await cancelInvitation(this.#desk, this.#id(command))
        return gone === null ? 'nothing to cancel' : 'cancelled'
      }
      case 'revokes':
        await revokeSender(this.#desk, { ...accountOf(command), id: PEOPLE[command.person] ?? '' })
        return 'revoked'
      case 'locks':
      case 'passes':
      case 'restarts':
        return command.kind
      default:
        return unreachable(command)
    }
  }

  #expects(command: InvitationCommand, made: string): string {
    try {
      return this.#asTheModel(command, made)
    } catch (error) {
      if (error instanceof Failed) return 'failed'
      throw error
    }
  }

  #asTheModel(command: InvitationCommand, made: string): string {
    const model = this.#model
    switch (command.kind) {
      case 'makes': {
        const { account, uses, forMs } = command
        const code = this.#codes.get(made) ?? 'told to nobody'
        const until = model.now + forMs
        return model.makes({
          id: made,
          code,
          account,
          uses,
          at: model.now,
          until,
          came: [],
          ended: null,
        })
      }
      case 'sends': {
        const code = readInvitationCode(this.#text(command))
        return model.sends(PEOPLE[command.person] ?? '', command.account, code)
      }
      case 'cancels':
        return model.cancels(this.#id(command))
      case 'revokes':
        return model.revokes(PEOPLE[command.person] ?? '', command.account)
      case 'locks':
        if (command.locked) model.locked.add(command.account)
        else model.locked.delete(command.account)
        return command.kind
      case 'passes':
        model.now += command.ms
        return command.kind
      case 'restarts':
        return command.kind
      default:
        return unreachable(command)
    }
  }

  async #makes(command: Extract<InvitationCommand, { kind: 'makes' }>): Promise<string> {
    const wish = {
      account: accountOf(command),
      label: '',
      uses: command.uses,
      expiresAt: this.#model.now + command.forMs,
      approvalExpiresAt: null,
    }
    const by = { by: OWNER.name, maker: MAKER, inviterStands: always }
    const made = await makeInvitation(this.#desk, wish, by)
    if (made.kind === 'made')
      this.#codes.set(made.invitation.invitationId, readInvitationCode(made.code.reveal()) ?? '')
    return made.kind
  }

  async #sends(id: string, account: AccountRef, text: string): Promise<string> {
    this.#messages += 1
    const seen = { read: false, told: '' }
    const stood = standingInvitations(this.#desk, always).some(
      (one) => one.channel === account.channel && one.account === account.account,
    )
    const incoming: Incoming = {
      conversation: { kind: 'dm', id },
      sender: { id, names: [], displayName: `Mx ${id}` },
      addressed: true,
      forwarded: false,
      messageId: `m${this.#messages}`,
      at: this.#model.now,
      read: () => {
        seen.read = true
        return text
      },
    }
    const reception = await receive(account, incoming, this.#ports(seen))
    if (reception.kind === 'asked') {
      strictEqual(seen.read && !stood, false, 'read, and nobody was invited')
      strictEqual(/may write/.test(seen.told), false, 'welcomed, and not let in')
      return reception.tried?.kind ?? 'a stranger'
    }
    if (reception.kind === 'invited') {
      strictEqual(seen.told, 'You may write now.')
      return reception.again ? 'again' : 'invited'
    }
    return reception.kind === 'denied' ? reception.reason : reception.kind
  }

  #ports(seen: { told: string }): ReceptionPorts {
    return {
      desk: this.#desk,
      store: { receive: () => Promise.resolve(true) },
      rules: (ref) => ({
        dmPolicy: this.#model.locked.has(placeOf(ref)) ? 'locked' : 'pairing',
        allowFrom: NOBODY,
        groupPolicy: 'disabled',
        groups: new Set(),
        groupAllowFrom: NOBODY,
      }),
      reply: async ([message]) => {
        seen.told = message?.text ?? ''
      },
      kept: () => {},
      record: () => {},
      recorded: (_change, run) => run(),
      inviterStands: always,
      clock: () => this.#model.now,
    }
  }

  #id({ which }: { readonly which: number }): string {
    return this.#made.at(-1 - which) ?? 'none'
  }

  #text({ what, which }: { readonly what: string; readonly which: number }): string {
    if (what === 'words') return 'hello'
    if (what === 'wrong') return 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'
    return this.#codes.get(this.#id({ which })) ?? 'ZZZZ-ZZZZ-ZZZZ-ZZZY'
  }

  #compare(): void {
    const { book } = this.#desk
    const { known } = this.#model
    const inModel = (one: Promised) => `${one.id} ${one.account} ${one.came.join()} ${one.ended}`
    deepStrictEqual(
      book.invitations
        .all()
        .map((one) => `${one.invitationId} ${placeOf(one)} ${one.usedBy.join()} ${one.ended}`)
        .sort(),
      known.invitations.map(inModel).sort(),
    )
    deepStrictEqual(
      standingInvitations(this.#desk, always)
        .map(({ invitationId }) => invitationId)
        .sort(),
      known.invitations
        .filter((one) => this.#model.stands(one))
        .map(({ id }) => id)
        .sort(),
    )
    deepStrictEqual(
      book
        .approvals()
        .map((one) => `${placeOf(one)} ${one.id}`)
        .sort(),
      known.approved.map((one) => `${one.account} ${one.person}`).sort(),
    )
    for (const { uses, usedBy } of book.invitations.all()) {
      strictEqual(usedBy.length <= uses, true, 'more came than were invited')
      strictEqual(new Set(usedBy).size, usedBy.length, 'somebody came twice')
    }
  }
}

function placeOf({ channel, account }: AccountRef): number {
  return ACCOUNTS.findIndex((one) => one.channel === channel && one.account === account)
}

function accountOf({ account }: { readonly account: number }): AccountRef {
  const found = ACCOUNTS[account]
  if (found === undefined) throw new Error('there is no such account')
  return found
}
