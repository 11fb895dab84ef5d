/** For tests: two places for a desk to keep its state: in memory, as the rows of the store hold it, and the store itself. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../storage/open.ts'
import { readApproval, readInvitation, readSenderRequest } from '../storage/sender-documents.ts'
import { loadSenders, senderStore } from '../storage/senders.ts'
import type { SenderChange, SenderRef, SenderState } from './types.ts'

export interface Medium {
  save(change: SenderChange): Promise<void>
  /** What a new process finds. */
  reopen(): Promise<SenderState>
  close(): Promise<void>
}

/** Text, as in the store: nothing is shared with the process that wrote it. */
export function memoryMedium(): Medium {
  const approvals = new Map<string, string>()
  const requests = new Map<string, string>()
  const invitations = new Map<string, string>()
  const keyOf = ({ channel, account, id }: SenderRef): string => [channel, account, id].join()
  return {
    async save(change) {
      for (const id of change.resolved ?? []) requests.delete(id)
      for (const gone of change.revoked ?? []) approvals.delete(keyOf(gone))
      for (const id of change.forgotten ?? []) invitations.delete(id)
      for (const one of change.invitations ?? [])
        invitations.set(one.invitationId, JSON.stringify(one))
      for (const one of change.approvals ?? []) approvals.set(keyOf(one), JSON.stringify(one))
      for (const one of change.requests ?? []) requests.set(one.requestId, JSON.stringify(one))
    },
    reopen: async () => ({
      approvals: [...approvals.values()].map((text) => readable(readApproval(text))),
      requests: [...requests.values()].map((text) => readable(readSenderRequest(text))),
      invitations: [...invitations.values()].map((text) => readable(readInvitation(text))),
    }),
    close: async () => {},
  }
}

function readable<Document>(document: Document | null): Document {
  if (document === null) throw new Error('what was written cannot be read back')
  return document
}

export async function sqliteMedium(): Promise<Medium> {
  const dir = await mkdtemp(join(tmpdir(), 'senders-model-'))
  const at = { store: await openStore(dir) }
  return {
    save: (change) => senderStore(at.store).save(change),
    async reopen() {
      await at.store.close()
      at.store = await openStore(dir)
      const { state, problems } = await loadSenders(at.store)
      if (problems.length > 0) throw new Error(`cannot be read back: ${problems.join()}`)
      return state
    },
    async close() {
      await at.store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
