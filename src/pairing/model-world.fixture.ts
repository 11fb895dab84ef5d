/** The real desk beside the naive model: each command is done to both, and both must say the same afterwards. */
import { expect } from 'vitest'
import type { Role } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'
import { actorOf, type Actor } from './authority.ts'
import { PairingDesk } from './desk.ts'
import {
  DEVICES,
  type By,
  type Command,
  type Connect,
  type Fate,
  type Order,
} from './model-commands.fixture.ts'
import { asItIs, asItShould, checkRequests } from './model-compare.fixture.ts'
import { connectAt, decideAt, type Came, type Caller, type Door } from './model-door.fixture.ts'
import {
  expectConnect,
  expectOrder,
  HELPER,
  ITS_ID,
  MOST,
  ROOM,
  WAITS_MS,
  words,
  type Actor as NaiveActor,
  type Expected,
  type Situation,
} from './model-expect.fixture.ts'
import { keyOf } from './model-keys.fixture.ts'
import type { Medium } from './model-media.fixture.ts'
import { obey, type Told } from './model-obey.fixture.ts'
import { inForce, newlyLapsed, tokensOf, type Fact } from './model.fixture.ts'
import { DeviceTokens } from './tokens.ts'
import type { PairingState } from './types.ts'

const OWNER_ACTOR: Actor = {
  scopes: ['operator.admin'],
  deviceId: null,
  name: 'owner:owner',
}

interface Learned {
  readonly device: number
  readonly role: Role
  /** The model's number. */
  readonly token: number
  readonly secret: Secret
}

export class World {
  readonly #medium: Medium
  readonly #signing: boolean
  readonly #tally: (word: string) => void
  #desk: PairingDesk
  #now = 1_800_000_000_000
  #policy = { required: true, autoApprove: false }
  /** All that happened, and how much of it a restart finds. */
  #log: Fact[] = []
  #durable = 0
  /** Where in the log each change ends that is in force and not on disk. */
  #owed: number[] = []
  /** What was seen to be over and is not on disk: it goes along with the next change that is written. */
  #unwritten = new Set<Fact>()
  #numbers = 0
  #learned: Learned[] = []
  readonly #requests: string[] = []
  readonly #shownRequests = new Map<string, string>()
  readonly #codes: { readonly id: string; readonly secret: Secret }[] = []
  #told: Told | null = null
  #fate: Fate = 'kept'
  /** Of the last write. */
  #writtenIds: readonly string[] = []
  #hit = false
  #saves = 0
  #die: () => void = () => {}

  constructor(
    medium: Medium,
    options: { readonly signing: boolean; readonly tally: (word: string) => void },
  ) {
    this.#medium = medium
    this.#signing = options.signing
    this.#tally = options.tally
    this.#desk = this.#open({ devices: [], requests: [], setupCodes: [] })
  }

  async run(command: Command): Promise<void> {
    switch (command.does) {
      case 'clock':
        this.#now += command.byMs
        break
      case 'policy':
        this.#policy = command
        break
      case 'crash':
        await this.#restart()
        break
      case 'flush':
        await this.#both(command.fate, { answer: 'done', turns: [] }, async () => {
          await this.#desk.flush()
          return 'done'
        })
        break
      case 'connect':
        await this.#connect(command)
        break
      case 'approve':
      case 'reject':
      case 'rotate':
      case 'revoke':
      case 'remove':
      case 'rename':
      case 'code':
        await this.#order(command, command.by, command.fate)
    }
    this.#compare()
  }

  /** Once at the end: no secret was ever written. */
  async finish(): Promise<void> {
    const text = await this.#medium.text()
    for (const { secret } of [...this.#learned, ...this.#codes])
      if (text.includes(secret.reveal())) expect.fail('a secret is in the store')
  }

  #open(saved: PairingState): PairingDesk {
    return new PairingDesk({
      saved,
      store: { save: (change) => this.#save(change) },
      tokens: new DeviceTokens(Buffer.alloc(32, 7)),
      rules: () => ({ waitsMs: WAITS_MS, most: MOST }),
      room: ROOM,
      clock: () => this.#now,
      announce: () => {},
    })
  }

  async #save(change: Parameters<Medium['save']>[0]): Promise<void> {
    if (this.#fate !== 'kept') this.#hit = true
    if (this.#fate === 'disk full') throw new Error('the disk is full')
    if (this.#fate !== 'dies before') {
      await this.#medium.save(change)
      this.#saves += 1
      this.#writtenIds = [
        ...(change.requests ?? []).map(({ requestId }) => requestId),
        ...(change.setupCodes ?? []).map(({ setupId }) => setupId),
      ]
    }
    if (this.#fate === 'kept') return
    this.#die()
    await new Promise(() => {})
  }

  async #restart(): Promise<void> {
    this.#log = this.#log.slice(0, this.#durable).filter((fact) => !this.#unwritten.has(fact))
    this.#durable = this.#log.length
    this.#unwritten.clear()
    this.#owed = []
    this.#desk = this.#open(await this.#medium.reopen())
  }

  /** Does it, and holds the answer against the expected one. Whatever the fate, the model knows what is true now. */
  async #both(fate: Fate, expected: Expected, act: () => Promise<string>): Promise<boolean> {
    this.#fate = fate
    this.#hit = false
    this.#saves = 0
    const dead = new Promise<string>((resolve) => {
      this.#die = () => resolve('died')
    })
    const answer = await Promise.race([
      act().catch((error: unknown) => {
        if (this.#hit) return 'failed'
        throw error
      }),
      dead,
    ])
    this.#fate = 'kept'
    const wanted = this.#hit ? (fate === 'disk full' ? 'failed' : 'died') : expected.answer
    if (answer !== wanted) expect(answer).toBe(wanted)
    this.#tally(answer.split(':')[0] ?? '')
    this.#tally(expected.because ?? '')
    this.#tally(this.#hit ? fate : 'kept')
    const before = this.#log.length
    await this.#settle(fate, expected)
    for (const { is } of this.#log.slice(before)) this.#tally(is)
    // The model hears which id the desk gave to what was made, even by a process that told nobody.
    const [id = ''] = this.#writtenIds
    if (this.#log.some((fact) => fact.is === 'asked' && fact.id === ITS_ID)) this.#requests.push(id)
    this.#log = this.#log.map((fact) =>
      'id' in fact && fact.id === ITS_ID ? { ...fact, id } : fact,
    )
    return !this.#hit
  }

  async #settle(fate: Fate, { turns }: Expected): Promise<void> {
    const taking = turns[0]?.takesAway === true
    const debts = this.#owed.length + (taking ? 1 : 0)
    if (!this.#hit) {
      this.#log.push(...turns.flatMap(({ facts }) => facts))
      if (this.#saves > debts) this.#unwritten.clear()
      if (this.#saves > 0) this.#owed = []
      if (this.#owed.length === 0) this.#durable = this.#log.length
      return
    }
    const [first] = turns
    const [debt] = this.#owed
    if (fate === 'disk full') {
      if (first?.takesAway !== true) return
      this.#log.push(...first.facts)
      this.#owed.push(this.#log.length)
      return
    }
    if (fate === 'dies after') {
      // What was owed is written before anything else.
      if (debt === undefined) this.#log.push(...(first?.facts ?? []))
      this.#durable = debt ?? this.#log.length
      if (debts === 0) this.#unwritten.clear()
    }
    await this.#restart()
  }

  async #connect(connect: Connect): Promise<Came> {
    const { secret, situation } = this.#shown(connect)
    const expected = expectConnect(connect, situation)
    const caller: Caller = { connect, device: keyOf(connect.device), secret }
    const got: { came: Came } = { came: { kind: 'no' } }
    const kept = await this.#both(connect.fate, expected, async () => {
      got.came = await connectAt(this.#door(), caller)
      return this.#words(got.came)
    })
    if (!kept) return { kind: 'no' }
    const { came } = got
    if (came.kind === 'in') this.#learn(connect.device, came.handed)
    return came
  }

  #words(came: Came): string {
    if (came.kind === 'waits')
      return this.#requests.includes(came.requestId)
        ? `waits as before: ${came.requestId}`
        : 'waits'
    if (came.kind !== 'in') return came.kind
    const { decision } = came
    const who = decision.device === null ? 'in as the owner' : 'in'
    return `${who}: ${words(decision.principal.scopes)}`
  }

  /** A token is one device's in one role: the same as long as it holds, and never anybody else's. */
  #learn(device: number, handed: readonly { readonly role: Role; readonly token: Secret }[]): void {
    for (const { role, token: secret } of handed) {
      const token = tokensOf(this.#log, device, role).at(-1) ?? -1
      const known = this.#learned.find((one) => one.secret.equals(secret))
      const same = this.#learned.find((one) => one.token === token)
      if (known !== same || token === -1)
        expect.fail(`a token of ${device} as ${role} is another's`)
      if (known === undefined) this.#learned.push({ device, role, token, secret })
    }
  }

  #shown({ shown }: Connect): { readonly secret: Secret | null; readonly situation: Situation } {
    const of = shown.kind === 'token' ? this.#learned.filter((one) => one.device === shown.of) : []
    const token = shown.kind === 'token' ? (of.at(-1 - shown.back) ?? null) : null
    const code = shown.kind === 'code' ? (this.#codes.at(-1 - shown.back) ?? null) : null
    return {
      secret: token?.secret ?? code?.secret ?? null,
      situation: this.#situation({ token, codeId: code?.id ?? null }),
    }
  }

  #situation(more: Partial<Situation>): Situation {
    return {
      log: this.#log,
      now: this.#now,
      policy: this.#policy,
      token: null,
      codeId: null,
      requestId: null,
      fresh: () => (this.#numbers += 1),
      ...more,
    }
  }

  async #order(order: Order, by: By, fate: Fate): Promise<void> {
    const who = await this.#actor(by)
    if (who === null) return
    const requestId = 'back' in order ? (this.#requests.at(-1 - order.back) ?? 'nobody knows') : ''
    const expected = expectOrder(order, who.naive, this.#situation({ requestId }))
    await this.#both(fate, expected, async () => {
      const scene = { desk: this.#desk, by: who.actor, requestId, now: this.#now }
      const { answer, told } = await obey(order, scene)
      this.#told = told
      return answer
    })
  }

  /** Whoever gives orders came in like everybody else. */
  async #actor(by: By): Promise<{ readonly actor: Actor; readonly naive: NaiveActor } | null> {
    const { who, device } = by
    if (who === 'owner') return { actor: OWNER_ACTOR, naive: nobodys(['operator.admin']) }
    if (who === 'helper') {
      const actor = { scopes: HELPER, deviceId: null, name: 'user:nick@example.com' }
      return { actor, naive: nobodys(HELPER) }
    }
    const held = inForce(this.#log, device, 'operator', this.#now)
    if (held === null) return null
    const back = this.#learned
      .filter((one) => one.device === device)
      .toReversed()
      .findIndex(({ role }) => role === 'operator')
    if (who === 'token' && back < 0) return null
    const came = await this.#connect({
      does: 'connect',
      device,
      role: 'operator',
      ask: held.scopes,
      shown: who === 'token' ? { kind: 'token', of: device, back } : { kind: 'secret there' },
      proof: 'right',
      from: '198.51.100.7',
      fate: 'kept',
    })
    if (came.kind !== 'in') return null
    const { principal, method } = came.decision
    // The operations ask for it before the desk is asked.
    if (!held.scopes.some((one) => one === 'operator.pairing' || one === 'operator.admin'))
      return null
    const own = who === 'token'
    const naive = {
      scopes: held.scopes,
      device: own ? device : null,
      is: device,
      until: own ? held.until : null,
    }
    return { actor: actorOf(principal, method), naive }
  }

  #door(): Door {
    return { desk: this.#desk, policy: this.#policy, now: this.#now, signing: this.#signing }
  }

  /** Whoever looks sees it, and the comparison looks at everything. */
  #lapse(): void {
    const facts = newlyLapsed(this.#log, DEVICES, this.#now)
    this.#log.push(...facts)
    for (const fact of facts) {
      this.#unwritten.add(fact)
      this.#tally(fact.is)
    }
    if (this.#owed.length === 0) this.#durable = this.#log.length
  }

  #compare(): void {
    this.#lapse()
    if (this.#told?.kind === 'token') this.#learn(this.#told.device, [this.#told])
    if (this.#told?.kind === 'code') this.#codes.push(this.#told)
    this.#told = null
    const real = asItIs(this.#desk)
    const naive = asItShould(this.#log)
    if (JSON.stringify(real) !== JSON.stringify(naive)) expect(real).toEqual(naive)
    checkRequests(this.#desk, this.#shownRequests)
    this.#probe()
  }

  /** Every token that was handed out lately: who comes in with it, and that another key gets nothing by it. */
  #probe(): void {
    const door = { ...this.#door(), signing: false }
    for (const { device, role, token, secret } of this.#learned.slice(-PROBED)) {
      const valid =
        tokensOf(this.#log, device, role).includes(token) &&
        inForce(this.#log, device, role, this.#now) !== null
      const owner = { connect: bare(device, role), device: keyOf(device), secret }
      if ((decideAt(door, owner).kind === 'allowed') !== valid)
        expect.fail(`token ${token} of device ${device} as ${role}: ${valid ? 'dead' : 'alive'}`)
      const other = (device + 1) % DEVICES
      const thief = { connect: bare(other, role), device: keyOf(other), secret }
      if (decideAt(door, thief).kind === 'allowed') expect.fail('another key came in by a token')
    }
  }
}

const PROBED = 8

function nobodys(scopes: NaiveActor['scopes']): NaiveActor {
  return { scopes, device: null, is: null, until: null }
}

function bare(device: number, role: Role): Connect {
  return {
    does: 'connect',
    device,
    role,
    ask: [],
    shown: { kind: 'token', of: device, back: 0 },
    proof: 'right',
    from: '203.0.113.9',
    fate: 'kept',
  }
}
