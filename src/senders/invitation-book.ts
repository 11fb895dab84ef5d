/** All invitations in memory, those that are over among them: the owner is told what became of a code. */
import type { AccountRef, SenderChange, SenderInvitation } from './types.ts'

export class InvitationBook {
  readonly #invitations = new Map<string, SenderInvitation>()
  readonly #byDigest = new Map<string, string>()

  find(invitationId: string): SenderInvitation | null {
    return this.#invitations.get(invitationId) ?? null
  }

  /** By the digest of its code, on its own account alone. */
  findCode({ channel, account }: AccountRef, digest: string): SenderInvitation | null {
    const found = this.find(this.#byDigest.get(digest) ?? '')
    return found?.channel === channel && found.account === account ? found : null
  }

  all(): readonly SenderInvitation[] {
    return [...this.#invitations.values()]
  }

  at({ channel, account }: AccountRef): readonly SenderInvitation[] {
    return this.all().filter((one) => one.channel === channel && one.account === account)
  }

  apply({ invitations = [], forgotten = [] }: SenderChange): void {
    for (const id of forgotten) this.#forget(id)
    for (const one of invitations) {
      this.#forget(one.invitationId)
      this.#invitations.set(one.invitationId, one)
      this.#byDigest.set(one.digest, one.invitationId)
    }
  }

  #forget(invitationId: string): void {
    const gone = this.find(invitationId)
    if (gone === null) return
    this.#invitations.delete(invitationId)
    this.#byDigest.delete(gone.digest)
  }
}
