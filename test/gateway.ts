/** Starts the built gateway as its users do, in a state dir of its own, and talks to it over real sockets. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const BIN = join(import.meta.dirname, '../dist/index.js')

export const TOKEN = 'c0ffee11'.repeat(8)
/** Forwarding evidence: a caller with it is never local. */
export const REMOTE = { 'x-forwarded-for': '203.0.113.9' }

export function bearer(secret: string): OutgoingHttpHeaders {
  return { authorization: `Bearer ${secret}` }
}

export interface Setup {
  readonly config?: unknown
  /** More files of the state dir, by relative path. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** A state dir that the test made; it is then the test's to remove. */
  readonly dir?: string
  /** The machine that it runs on, as `Machine.within` says. */
  readonly within?: readonly string[]
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

export interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: unknown
  /** Source address, any 127.x.y.z. */
  readonly from?: string
  /** Where it goes; this host when absent. */
  readonly to?: string
  /** The certificate of the other end: then over TLS. */
  readonly certificate?: string
}

export interface RunningGateway {
  readonly dir: string
  readonly port: number
  readonly child: ChildProcess
  readonly output: () => string
  ask(request: Ask): Promise<Answer>
  cli(
    args: readonly string[],
    input?: string,
  ): { readonly code: number | null; readonly stdout: string; readonly stderr: string }
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export function makeStateDir({ config, files = {} }: Setup): string {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-test-'))
  if (config !== undefined)
    writeFileSync(join(dir, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true, mode: 0o700 })
    writeFileSync(join(dir, name), text, { mode: 0o600 })
  }
  return dir
}

export function environment(
  dir: string,
  env: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('OPENCLAW_') && name !== 'JOURNAL_STREAM',
  )
  return {
    ...Object.fromEntries(inherited),
    HOME: dir,
    OPENCLAW_STATE_DIR: dir,
    NO_COLOR: '1',
    ...env,
  }
}

/** Runs a command of the built command line to its end. */
export function runCli(
  dir: string,
  args: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {},
) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: dir,
    env: environment(dir, env),
    encoding: 'utf8',
    input,
    timeout: 30_000,
  })
  return { code: status, stdout, stderr }
}

/** A command of the built command line that goes on until it is told to end. */
export interface RunningCommand {
  readonly child: ChildProcess
  readonly output: () => string
  /** The match, as soon as it stands in what was printed after `from` characters. Rejects with all of it when the command ends first. */
  says(words: RegExp, from?: number): Promise<RegExpExecArray>
  readonly exited: Promise<number | null>
}

export function startCli(
  dir: string,
  args: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {},
): RunningCommand {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: dir, env: environment(dir, env) })
  const said = { text: '', over: false }
  const news = new EventEmitter().setMaxListeners(0)
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said.text += chunk.toString()
      news.emit('news')
    })
  child.stdin.end(input)
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  void exited.then(() => {
    said.over = true
    news.emit('news')
  })
  return {
    child,
    exited,
    output: () => said.text,
    async says(words, from = 0) {
      for (;;) {
        const found = words.exec(said.text.slice(from))
        if (found !== null) return found
        if (said.over) throw new Error(`it ended without saying ${words}: ${said.text}`)
        await once(news, 'news')
      }
    },
  }
}

/** Starts and waits for the line that says where it listens. Rejects with the output when it exits instead. */
export async function startGateway(setup: Setup): Promise<RunningGateway> {
  const dir = setup.dir ?? makeStateDir(setup)
  const line = [process.execPath, BIN, 'gateway', '--port', '0', ...(setup.args ?? [])]
  const [program = '', ...args] = [...(setup.within ?? []), ...line]
  const child = spawn(program, args, {
    cwd: dir,
    env: environment(dir, setup.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { text: '' }
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  const port = await new Promise<number>((done, fail) => {
    const listen = (chunk: Buffer): void => {
      said.text += chunk.toString()
      const match = /listens on http:\/\/[^\s]+?:(\d+)\b/.exec(said.text)
      if (match?.[1] !== undefined) done(Number(match[1]))
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    void exited.then((code) => fail(new Error(`the gateway ended with ${code}: ${said.text}`)))
  })
  return {
    dir,
    port,
    child,
    output: () => said.text,
    ask: (request) => ask(port, request),
    cli: (args, input = '') => runCli(dir, args, { input, env: setup.env ?? {} }),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const code = await exited
      if (setup.dir === undefined) rmSync(dir, { recursive: true, force: true })
      return code
    },
  }
}

export function ask(
  port: number,
  {
    method = 'GET',
    path = '/api/v1/whoami',
    headers = {},
    body,
    from,
    to = '127.0.0.1',
    certificate,
  }: Ask,
): Promise<Answer> {
  const open = certificate === undefined ? httpRequest : httpsRequest
  const payload = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const sized =
    payload === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }
  return new Promise((done, fail) => {
    const request = open(
      {
        host: to,
        port,
        method,
        path,
        headers: { ...sized, ...headers },
        agent: false,
        timeout: 15_000,
        ...(from !== undefined && { localAddress: from }),
        ...(certificate !== undefined && { ca: certificate }),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          done({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: parsed(text),
          })
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer in 15 s')))
    request.on('error', fail)
    request.end(payload)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
