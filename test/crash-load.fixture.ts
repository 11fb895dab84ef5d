/** For tests: callers that change things all the time, and keep what the gateway acknowledged to each. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bearer, TOKEN, type Answer, type RunningGateway } from './gateway.ts'

const BIN = join(import.meta.dirname, '../dist/index.js')

/** What was acknowledged so far, over all lives of the gateway. */
export interface Acknowledged {
  readonly messages: string[]
  readonly keys: string[]
  readonly locked: string[]
  /** Of `security.session.maxConcurrent`, and the one whose answer did not come. */
  setting: number | null
  unanswered: number | null
  rotated: string | null
}

export interface Load {
  /** Resolves when every caller has noticed that the gateway is gone. */
  readonly ended: Promise<unknown>
}

/** `round` keeps the names of one life apart from the next one's. */
export function startLoad(gateway: RunningGateway, done: Acknowledged, round: number): Load {
  const state = { gone: false }
  gateway.child.once('exit', () => (state.gone = true))
  const until = async (step: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; !state.gone; n += 1) await step(n).catch(() => {})
  }
  const change = (path: string, body: object): Promise<Answer> =>
    gateway.ask({ method: 'POST', path, headers: bearer(TOKEN), body })

  const callers = [
    ...[0, 1, 2].map((caller) =>
      until(async (n) => {
        const message = `m-${round}-${caller}-${n}`
        const path = '/api/v1/sessions/load/messages'
        const { status } = await change(path, { message, idempotencyKey: message })
        if (status === 200) done.messages.push(message)
      }),
    ),
    until(async (n) => {
      const { status, json } = await change('/api/v1/api-keys', {
        name: `k-${round}-${n}`,
        permissions: ['read'],
      })
      if (status === 200) done.keys.push(textIn(json, 'key'))
    }),
    until((n) => lockOut(gateway, `198.51.${100 + round}.${n % 250}`, done)),
    until((n) => setConfig(gateway, 100 + round * 100 + n, done)),
    change('/api/v1/token/rotate', {}).then(
      ({ status, json }) => {
        if (status === 200) done.rotated = textIn(json, 'token')
      },
      () => {},
    ),
  ]
  return { ended: Promise.all(callers) }
}

function textIn(json: unknown, name: string): string {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, name) : null
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(json)}`)
  return value
}

/** The guess that creates the lock is answered when the lock is on disk. */
async function lockOut(
  gateway: RunningGateway,
  address: string,
  { locked }: Acknowledged,
): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    const headers = { ...bearer(`wrong-${n}`), 'x-forwarded-for': address }
    await gateway.ask({ headers })
  }
  locked.push(address)
}

function setConfig(gateway: RunningGateway, value: number, done: Acknowledged): Promise<void> {
  const args = [BIN, 'config', 'set', 'security.session.maxConcurrent', String(value)]
  done.unanswered = value
  const child = spawn(process.execPath, args, {
    cwd: gateway.dir,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], HOME: gateway.dir, OPENCLAW_STATE_DIR: gateway.dir },
  })
  return new Promise((ended) =>
    child.once('close', (code) => {
      if (code === 0) done.setting = value
      ended()
    }),
  )
}
