/** Two places for a desk to keep its state: in memory, as the rows of the store hold it, and the store itself. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDevice, readRequest, readSetupCode } from '../storage/device-documents.ts'
import { openStore } from '../storage/open.ts'
import { loadPairings, pairingStore } from '../storage/pairings.ts'
import type { PairingChange, PairingState } from './types.ts'

export interface Medium {
  save(change: PairingChange): Promise<void>
  /** What a new process finds, after a death. */
  reopen(): Promise<PairingState>
  /** All that is written, as text. */
  text(): Promise<string>
  close(): Promise<void>
}

/** Text, as in the store: nothing is shared with the process that wrote it. */
export function memoryMedium(): Medium {
  const devices = new Map<string, string>()
  const requests = new Map<string, string>()
  const codes = new Map<string, string>()
  return {
    async save(change) {
      for (const device of change.devices ?? []) devices.set(device.id, JSON.stringify(device))
      for (const id of change.forgottenDevices ?? []) devices.delete(id)
      for (const id of change.resolved ?? []) requests.delete(id)
      for (const id of change.forgotten ?? []) codes.delete(id)
      for (const one of change.requests ?? []) requests.set(one.requestId, JSON.stringify(one))
      for (const code of change.setupCodes ?? []) codes.set(code.setupId, JSON.stringify(code))
    },
    reopen: async () => ({
      devices: [...devices.values()].map((text) => readable(readDevice(text))),
      requests: [...requests.values()].map((text) => readable(readRequest(text))),
      setupCodes: [...codes.values()].map((text) => readable(readSetupCode(text))),
    }),
    text: async () => [...devices.values(), ...requests.values(), ...codes.values()].join('\n'),
    close: async () => {},
  }
}

function readable<Document>(document: Document | null): Document {
  if (document === null) throw new Error('what was written cannot be read back')
  return document
}

export async function sqliteMedium(): Promise<Medium> {
  const dir = await mkdtemp(join(tmpdir(), 'pairing-model-'))
  const at = { store: await openStore(dir) }
  return {
    save: (change) => pairingStore(at.store, Date.now).save(change),
    async reopen() {
      await at.store.close()
      at.store = await openStore(dir)
      const { state, problems } = await loadPairings(at.store)
      if (problems.length > 0) throw new Error(`cannot be read back: ${problems.join()}`)
      return state
    },
    async text() {
      const { state } = await loadPairings(at.store)
      return JSON.stringify(state)
    },
    async close() {
      await at.store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
