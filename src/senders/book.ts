/** All approvals, requests and invitations in memory, each found in one step however many there are. */
import { isOver } from './ask.ts'
import { InvitationBook } from './invitation-book.ts'
import type {
  AccountRef,
  Approvals,
  SenderApproval,
  SenderChange,
  SenderRef,
  SenderRequest,
  SenderState,
} from './types.ts'

export class SenderBook implements Approvals {
  readonly #approvals = new Map<string, SenderApproval>()
  readonly #requests = new Map<string, SenderRequest>()
  readonly #requestOf = new Map<string, string>()
  /** Who bears a name of `allowFrom`: pinned to it, or asking under it. */
  readonly #bearers = new Map<string, string>()
  readonly #codes = new Map<string, string>()
  readonly invitations = new InvitationBook()

  constructor(state: SenderState) {
    this.apply(state)
  }

  find(sender: SenderRef): SenderApproval | null {
    return this.#approvals.get(senderKey(sender)) ?? null
  }

  bearerOf(account: AccountRef, entry: string, now: number): string | null {
    const id = this.#bearers.get(entryKey(account, entry)) ?? null
    if (id === null || this.find({ ...account, id })?.entry === entry) return id
    const request = this.requestOf({ ...account, id })
    return request !== null && !isOver(request, now) ? id : null
  }

  request(requestId: string): SenderRequest | null {
    return this.#requests.get(requestId) ?? null
  }

  requestOf(sender: SenderRef): SenderRequest | null {
    return this.request(this.#requestOf.get(senderKey(sender)) ?? '')
  }

  /** Codes are told apart within a network, whatever the account. */
  requestByCode(channel: string, code: string): SenderRequest | null {
    return this.request(this.#codes.get(`${channel} ${code}`) ?? '')
  }

  approvals(): readonly SenderApproval[] {
    return [...this.#approvals.values()]
  }

  /** On every account of the network. */
  approvalsOf(channel: string, id: string): readonly SenderApproval[] {
    return this.approvals().filter((one) => one.channel === channel && one.id === id)
  }

  requests(): readonly SenderRequest[] {
    return [...this.#requests.values()]
  }

  requestsAt({ channel, account }: AccountRef): readonly SenderRequest[] {
    return this.requests().filter((one) => one.channel === channel && one.account === account)
  }

  apply(change: SenderChange): void {
    const { approvals = [], revoked = [], requests = [], resolved = [] } = change
    this.invitations.apply(change)
    for (const id of resolved) this.#forgetRequest(id)
    for (const sender of revoked) this.#forgetApproval(sender)
    for (const approval of approvals) {
      this.#forgetApproval(approval)
      this.#approvals.set(senderKey(approval), approval)
      if (approval.entry !== null)
        this.#bearers.set(entryKey(approval, approval.entry), approval.id)
    }
    for (const request of requests) {
      this.#forgetRequest(request.requestId)
      this.#requests.set(request.requestId, request)
      this.#requestOf.set(senderKey(request), request.requestId)
      this.#codes.set(`${request.channel} ${request.code}`, request.requestId)
      if (request.entry !== null) this.#bearers.set(entryKey(request, request.entry), request.id)
    }
  }

  #forgetApproval(sender: SenderRef): void {
    const approval = this.find(sender)
    if (approval === null) return
    this.#approvals.delete(senderKey(sender))
    this.#freeName(approval)
  }

  #forgetRequest(requestId: string): void {
    const request = this.request(requestId)
    if (request === null) return
    this.#requests.delete(requestId)
    this.#requestOf.delete(senderKey(request))
    this.#codes.delete(`${request.channel} ${request.code}`)
    this.#freeName(request)
  }

  /** Unless they still bear it: pinned to it and asking again, one of the two may go. */
  #freeName(gone: SenderRef & { readonly entry: string | null }): void {
    const { entry } = gone
    if (entry === null) return
    if (this.find(gone)?.entry === entry || this.requestOf(gone)?.entry === entry) return
    const key = entryKey(gone, entry)
    if (this.#bearers.get(key) === gone.id) this.#bearers.delete(key)
  }
}

/** No part can hold what stands between them: ids of networks have no control characters, and those that do are refused. */
export function senderKey({ channel, account, id }: SenderRef): string {
  return `${channel}\n${account}\n${id}`
}

export function accountKey({ channel, account }: AccountRef): string {
  return `${channel}\n${account}`
}

function entryKey(account: AccountRef, entry: string): string {
  return `${accountKey(account)}\n${entry}`
}
