/** A shell in an empty home, in which `openclaw` is the built program: lines are typed as a guide prints them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '../../dist/index.js')

export interface Typed {
  readonly code: number | null
  /** Of the line and its errors, in the order of the streams. */
  readonly output: string
}

export interface Shell {
  readonly home: string
  /** `~/.openclaw`, which the first command that needs it makes. */
  readonly stateDir: string
  /** What a program that is started in it finds in its environment. */
  environment(env?: Readonly<Record<string, string>>): NodeJS.ProcessEnv
  type(line: string, env?: Readonly<Record<string, string>>): Promise<Typed>
  /** Goes on until it is ended: `until` is what it prints when it got there. Rejects with all that it printed when it ends before. */
  begin(line: string, until: RegExp, env?: Readonly<Record<string, string>>): Promise<ChildProcess>
  remove(): void
}

export function openShell(): Shell {
  const home = mkdtempSync(join(tmpdir(), 'openclaw-typed-'))
  mkdirSync(join(home, 'bin'))
  const program = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`
  writeFileSync(join(home, 'bin/openclaw'), program, { mode: 0o755 })
  const run = (line: string, env: Readonly<Record<string, string>> = {}) =>
    spawn('bash', ['-c', line], { cwd: home, env: environment(home, env) })
  return {
    home,
    stateDir: join(home, '.openclaw'),
    environment: (env = {}) => environment(home, env),
    remove: () => rmSync(home, { recursive: true, force: true }),
    async type(line, env) {
      const child = run(line, env)
      const said = heard(child)
      child.stdin.end()
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, output: said.text }
    },
    async begin(line, until, env) {
      const child = run(`exec ${line}`, env)
      const said = heard(child)
      await new Promise<void>((done, fail) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', () => until.test(said.text) && done())
        child.once('close', () => fail(new Error(`it ended: ${said.text}`)))
      })
      return child
    },
  }
}

/** Ends what `begin` began. */
export async function end(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const [code] = (await closed) as [number | null]
  return code
}

/** A port that nobody listens on. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

function heard(child: ReturnType<typeof spawn>): { text: string } {
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said.text += chunk.toString()
    })
  return said
}

function environment(home: string, env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('OPENCLAW_') && name !== 'JOURNAL_STREAM',
  )
  const path = `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`
  return { ...Object.fromEntries(inherited), HOME: home, PATH: path, NO_COLOR: '1', ...env }
}
