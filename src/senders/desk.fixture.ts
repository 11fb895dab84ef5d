/** For tests: a desk that keeps everything in memory, strangers who write to it, and what it announced and wrote. */
import { Secret } from '../core/secret.ts'
import type { Actor } from '../pairing/authority.ts'
import { askAsSender, told, type SenderAsked } from './ask.ts'
import { SenderDesk, type SenderEvent } from './desk.ts'
import type {
  AccountRef,
  SenderApproval,
  SenderChange,
  SenderInvitation,
  SenderRequest,
  SenderState,
} from './types.ts'

export const NOW = 1_800_000_000_000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export const TELEGRAM: AccountRef = { channel: 'telegram', account: 'default' }
export const SECOND: AccountRef = { channel: 'telegram', account: 'second' }
export const DISCORD: AccountRef = { channel: 'discord', account: 'default' }

export const OWNER: Actor = { scopes: ['operator.admin'], deviceId: null, name: 'owner:owner' }
export const HELPER: Actor = {
  scopes: ['operator.pairing'],
  deviceId: null,
  name: 'user:helper@example.com',
}

export function approvalFor(id: string, change: Partial<SenderApproval> = {}): SenderApproval {
  return {
    ...TELEGRAM,
    id,
    via: 'code',
    entry: null,
    displayName: 'Somebody',
    approvedBy: 'owner:owner',
    approvedAt: NOW,
    expiresAt: null,
    ended: false,
    ...change,
  }
}

/** `code`: sixteen characters, without dashes. */
export function invitationFor(
  code: string,
  change: Partial<SenderInvitation> = {},
): SenderInvitation {
  return {
    ...TELEGRAM,
    invitationId: `invitation-${code.slice(0, 4)}`,
    digest: new Secret(code).digest(),
    label: 'Anna',
    uses: 1,
    usedBy: [],
    approvalExpiresAt: null,
    createdBy: OWNER.name,
    maker: { kind: 'owner', id: 'owner', madeBy: null },
    createdAt: NOW,
    expiresAt: NOW + 24 * HOUR,
    ended: null,
    ...change,
  }
}

export function memoryDesk(saved: Partial<SenderState> = {}) {
  const events: SenderEvent[] = []
  const written: SenderChange[] = []
  const time = { now: NOW }
  const disk: { full: boolean; before: () => Promise<void> } = {
    full: false,
    before: () => Promise.resolve(),
  }
  const desk = new SenderDesk({
    saved: { approvals: [], requests: [], invitations: [], ...saved },
    store: {
      async save(change) {
        await disk.before()
        if (disk.full) throw new Error('the disk is full')
        written.push(change)
      },
    },
    clock: () => time.now,
    announce: (event) => events.push(event),
  })
  return { desk, events, written, time, disk }
}

export interface Writing {
  readonly at?: AccountRef
  readonly entry?: string | null
}

/** A stranger writes: what comes of it. */
export function asks(
  desk: SenderDesk,
  id: string,
  { at = TELEGRAM, entry = null }: Writing = {},
): Promise<SenderAsked> {
  const sender = { id, names: [], displayName: `Mx ${id}` }
  return desk.turn((book, now) => {
    const result = askAsSender(book, { account: at, sender, entry, conversation: `dm-${id}` }, now)
    return { result, change: result.kind === 'known' ? null : result.change }
  })
}

/** A stranger writes and is told the code. */
export async function requestOf(
  desk: SenderDesk,
  id: string,
  writing: Writing = {},
): Promise<SenderRequest> {
  const asked = await asks(desk, id, writing)
  if (asked.kind !== 'tell') throw new Error(`${id} is told nothing: ${asked.kind}`)
  const request = { ...asked.request, told: true }
  await desk.turn(() => ({ result: null, change: told(request) }))
  return request
}

export function byCode({ channel, code }: Pick<SenderRequest, 'channel' | 'code'>) {
  return { kind: 'code', channel, code } as const
}

export function byId({ requestId }: Pick<SenderRequest, 'requestId'>) {
  return { kind: 'id', requestId } as const
}
