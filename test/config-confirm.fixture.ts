/** A gateway whose configuration changes, and ways into it by which a change is confirmed, or is not. */
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import {
  bearer,
  makeStateDir,
  REMOTE,
  startGateway,
  TOKEN,
  type RunningGateway,
} from './gateway.ts'

export const OTHER = 'decade22'.repeat(8)
/** Comments and spaces: it has to come back to the letter. */
export const TEXT = `{\n  // ours\n  gateway: { port: 0,  auth: { mode: "token", token: "${TOKEN}" } },\n}\n`
export const KEY = 'gateway.auth.token'

/** `dir`: where it is to run, with its configuration in it. */
export async function running(text = TEXT, given: string | null = null) {
  const dir = given ?? makeStateDir({ files: { 'openclaw.json': text } })
  if (given === null) onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'openclaw.json')
  const start = async () => {
    const gateway = await startGateway({ dir })
    onTestFinished(async () => void (await gateway.stop()))
    return gateway
  }
  const kill = async (gateway: Awaited<ReturnType<typeof start>>) => {
    gateway.child.kill('SIGKILL')
    await once(gateway.child, 'close')
  }
  return { dir, file, start, kill, gateway: await start(), read: () => readFileSync(file, 'utf8') }
}
export type Running = Awaited<ReturnType<typeof running>>

function call(gateway: Running['gateway'], token: string, what: string, body: object) {
  const headers = { ...REMOTE, ...bearer(token) }
  return gateway.ask({ method: 'POST', path: `/api/v1/config/${what}`, headers, body })
}
export const change = (gateway: Running['gateway'], body: object, token = TOKEN) =>
  call(gateway, token, 'change', body)
export const confirm = (gateway: Running['gateway'], token: string, body = {}) =>
  call(gateway, token, 'confirm', body)
export const statusOf = async (gateway: Running['gateway'], token: string) =>
  (await gateway.ask({ headers: { ...REMOTE, ...bearer(token) } })).status

export function back({ read, file }: Running) {
  return vi.waitFor(
    () => {
      expect(read()).toBe(TEXT)
      expect(existsSync(`${file}.pending`)).toBe(false)
    },
    { timeout: 20_000, interval: 20 },
  )
}

/** `config.confirm` over the owner's socket. */
export function confirmAsOwner(dir: string): Promise<{ status: number; text: string }> {
  const options = { socketPath: join(dir, 'gateway.sock'), path: '/api/v1/config/confirm' }
  return new Promise((done, fail) => {
    const asking = request({ ...options, method: 'POST', host: 'localhost' }, (response) => {
      const said = { text: '' }
      response.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
      response.on('end', () => done({ status: response.statusCode ?? 0, text: said.text }))
    })
    asking.on('error', fail)
    asking.end()
  })
}

/** Logs a browser in with the token: the headers that its requests then have. */
export async function login(gateway: Pick<RunningGateway, 'ask'>) {
  const body = { secret: TOKEN }
  const answer = await gateway.ask({ method: 'POST', path: '/api/v1/session', body })
  const [, id = ''] =
    /openclaw_session=([^;]+)/.exec(String(answer.headers['set-cookie']?.[0])) ?? []
  const [, proof = ''] = /"proof":"([^"]+)"/.exec(answer.text) ?? []
  if (id === '' || proof === '') throw new Error(answer.text)
  return { cookie: `openclaw_session=${id}`, 'x-openclaw-session-proof': proof }
}
