/** For tests of lessons about devices: one gateway for a whole file, callers from addresses of their own, approvers who lack a scope. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll } from 'vitest'
import { SCOPES } from '../src/access/scopes.ts'
import {
  bearer,
  makeStateDir,
  REMOTE,
  startGateway,
  TOKEN,
  type Answer,
  type RunningGateway,
} from './gateway.ts'

/** As many requests wait as the tests of a file make. */
export const ROOMY = { maxPendingPairings: 100 }

/** Called once, where a file begins. `network`: `127.8.0`, whose addresses no other file uses. */
export function lessonGateway(network: string, { maxAttempts }: { readonly maxAttempts: number }) {
  const auth = { mode: 'token', token: TOKEN, rateLimit: { maxAttempts } }
  const config = { gateway: { auth }, security: ROOMY }
  /** A test may stop it, and put the next one on its state dir in its place. */
  const at = { gateway: {} as RunningGateway }
  beforeAll(async () => {
    at.gateway = await startGateway({ dir: makeStateDir({ config }) })
  })
  afterAll(async () => {
    await at.gateway.stop()
    rmSync(at.gateway.dir, { recursive: true, force: true })
  })
  const callers = { count: 0 }
  /** Nobody pays for the guesses of another test, and two devices wait at most at each address. */
  const fresh = () => {
    callers.count += 1
    return { from: `${network}.${callers.count}` }
  }
  const ask = (token: string, path: string, rest: object = {}): Promise<Answer> =>
    at.gateway.ask({ ...fresh(), path, headers: { ...REMOTE, ...bearer(token) }, ...rest })
  return { at, fresh, ask }
}

/** Approvers who may pair, and everything else but one scope. */
export const LESS = SCOPES.filter(
  (scope) => scope !== 'operator.pairing' && scope !== 'operator.admin',
).map((missing) => ({
  missing,
  held: SCOPES.filter(
    (scope) =>
      scope !== missing &&
      scope !== 'operator.admin' &&
      // Whoever may write may read, and a device that may write may use tools.
      !(missing === 'operator.read' && scope === 'operator.write') &&
      !(missing === 'operator.tools' && scope === 'operator.write'),
  ),
}))
