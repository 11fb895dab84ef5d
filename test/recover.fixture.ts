/** For tests of `openclaw recover`: a state dir that a gateway has lived in, programs that end, and what is left afterwards. */
import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { join, relative } from 'node:path'
import { openDesk } from './recover-desk.fixture.ts'
import { makeStateDir, startGateway, TOKEN } from './gateway.ts'

const BIN = join(import.meta.dirname, '../dist/index.js')

export interface Lived {
  readonly dir: string
  readonly apiKey: string
  /** An administrator's device, and one that was revoked. */
  readonly admin: string
  readonly revoked: string
}

export const MESSAGE = 'a message that was acknowledged'
export const SETTING = '    session: { maxConcurrent: 7 }, // kept'
export const CONFIG = `{
  // the owner's own words
  gateway: { port: 0, auth: { mode: "token", token: "${TOKEN}" } },
  security: {
    apiKeys: { enabled: true },
${SETTING}
  },
}
`

/** Made by the gateway itself: a conversation, an API key, two devices, a record. */
export async function livedIn(): Promise<Lived> {
  const dir = makeStateDir({ files: { 'openclaw.json': CONFIG } })
  const gateway = await startGateway({ dir })
  const change = (path: string, body: object) => gateway.ask({ method: 'POST', path, body })
  await change('/api/v1/sessions/s1/messages', { message: MESSAGE })
  const made = await change('/api/v1/api-keys', { name: 'kept', permissions: ['read'] })
  await change('/api/v1/api-keys', { name: 'second', permissions: ['read'] })
  await gateway.stop()
  const { admin, revoked } = await twoDevices(dir)
  return { dir, apiKey: String(Reflect.get(Object(made.json), 'key')), admin, revoked }
}

async function twoDevices(dir: string): Promise<{ admin: string; revoked: string }> {
  const desk = await openDesk(dir)
  const [admin, revoked] = [newDevice(), newDevice()]
  await desk.approve(admin)
  await desk.approve(revoked)
  await desk.revoke(revoked.deviceId)
  await desk.close()
  return { admin: admin.deviceId, revoked: revoked.deviceId }
}

export function newDevice(): { readonly deviceId: string; readonly publicKey: string } {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? ''
  const deviceId = createHash('sha256').update(Buffer.from(raw, 'base64url')).digest('hex')
  return { deviceId, publicKey: raw }
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** A program in front: `setpriv …`. */
  readonly wrapped?: readonly string[]
}

/** Runs beside others: nothing blocks. */
export function openclaw(
  dir: string,
  args: readonly string[],
  { env = {}, wrapped = [] }: Surroundings = {},
): Promise<Ran> {
  const [file = '', ...rest] = [...wrapped, process.execPath, BIN, ...args]
  const child = spawn(file, rest, {
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: dir, OPENCLAW_STATE_DIR: dir, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)))
  return new Promise((done) => child.once('close', (code) => done({ code, ...said })))
}

/** One request over the owner's socket. */
export function askOwner(
  dir: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((done, fail) => {
    const asked = request(
      { socketPath: join(dir, 'gateway.sock'), path, headers: { host: 'localhost' } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('end', () =>
          done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    asked.once('error', fail)
    asked.end()
  })
}

/** Every name below `dir` with mode, owner and what is in it. */
export function treeOf(dir: string): readonly string[] {
  const entry = lstatSync(dir, { throwIfNoEntry: false })
  if (entry === undefined) return []
  return pathsIn(dir).map((path) => {
    const { mode, uid } = lstatSync(path)
    return `${relative(dir, path)} ${mode.toString(8)} ${uid} ${contentOf(path)}`
  })
}

function pathsIn(path: string): readonly string[] {
  const entry = lstatSync(path)
  const readable = entry.isDirectory() && (entry.mode & 0o500) === 0o500
  const names = readable ? readdirSync(path).sort() : []
  return [path, ...names.flatMap((name) => pathsIn(join(path, name)))]
}

function contentOf(path: string): string {
  const entry = lstatSync(path)
  if (entry.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if ((entry.mode & 0o400) === 0) return 'unreadable'
  return entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
}

/** All that lies in `recovered/`, as one text. */
export function asideOf(dir: string): string {
  const folder = join(dir, 'recovered')
  if (!existsSync(folder)) return ''
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(join(folder, name)).isFile())
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'latin1')}`)
    .join('\n')
}
