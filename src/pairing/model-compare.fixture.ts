/** What the desk has and what the model says that it has, in the same words; and what must hold of requests whatever happens. */
import { expect } from 'vitest'
import { guessBucket } from '../core/address.ts'
import type { PairingDesk } from './desk.ts'
import { MOST } from './model-expect.fixture.ts'
import { KEYS } from './model-keys.fixture.ts'
import {
  approvalOf,
  openCodes,
  ROLES,
  tokensOf,
  unanswered,
  withheld,
  type Fact,
} from './model.fixture.ts'
import { waiting } from './resolve.ts'

export function asItIs({ book }: PairingDesk) {
  return {
    devices: KEYS.map(({ id }) => {
      const device = book.find(id)
      return {
        approved: ROLES.map((role) => {
          const grant = device?.grants.find((one) => one.role === role)
          if (grant === undefined) return null
          const { scopes, expiresAt, lapsedAt, next, superseded } = grant
          const tokens = next === null ? 1 : 2 + superseded.length
          return { scopes, until: expiresAt, lapsed: lapsedAt !== undefined, tokens }
        }),
        barred: ROLES.filter((role) => device?.barred.includes(role) === true),
      }
    }),
    requests: book
      .requests()
      .map((one) => [
        one.requestId,
        KEYS.findIndex(({ id }) => id === one.deviceId),
        one.role,
        one.scopes,
      ])
      .sort(byId),
    codes: book
      .setupCodes()
      .filter(({ usedBy }) => usedBy === null)
      .map(({ setupId, lapsedAt }) => `${setupId}${lapsedAt === undefined ? '' : ' lapsed'}`)
      .sort(),
  }
}

export function asItShould(log: readonly Fact[]) {
  const seen = new Set(log.flatMap((fact) => (fact.is === 'code lapsed' ? fact.id : [])))
  return {
    devices: KEYS.map((_key, device) => ({
      approved: ROLES.map((role) => {
        const approval = approvalOf(log, device, role)
        if (approval === null) return null
        const { scopes, until, lapsed } = approval
        return { scopes, until, lapsed, tokens: tokensOf(log, device, role).length }
      }),
      barred: withheld(log, device),
    })),
    requests: unanswered(log)
      .map((one) => [one.id, one.device, one.role, one.scopes])
      .sort(byId),
    codes: openCodes(log)
      .map(({ id }) => `${id}${seen.has(id) ? ' lapsed' : ''}`)
      .sort(),
  }
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1
}

/** Requests never change, and never are too many. `before`: what each said when it was first seen. */
export function checkRequests(desk: PairingDesk, before: Map<string, string>): void {
  const now = waiting(desk)
  if (now.length > MOST) expect.fail(`${now.length} requests wait`)
  for (const { requestId, publicKey, role, scopes, clientAddress } of now) {
    const text = [publicKey, role, ...scopes].join()
    const first = before.get(requestId) ?? text
    if (first !== text) expect.fail(`request ${requestId} changed: ${first} to ${text}`)
    before.set(requestId, text)
    const bucket = guessBucket(clientAddress)
    const neighbours = now.filter((one) => guessBucket(one.clientAddress) === bucket)
    if (neighbours.length > 2) expect.fail(`${neighbours.length} requests wait of ${bucket}`)
  }
}
