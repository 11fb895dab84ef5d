/** For tests: a real reverse proxy, on loopback or on another machine, started from a configuration in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface ReverseProxy {
  readonly port: number
  stop(): Promise<void>
}

/** Where it runs, and at which ports it will be found to listen: some open one after the other. */
export interface ProxyPlace {
  readonly within: readonly string[]
  readonly address: string
  readonly ports: readonly number[]
}

export interface ProxyProgram {
  readonly command: string
  readonly args: (folder: string, file: string) => readonly string[]
  readonly config: (port: number, folder: string) => string
}

export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

/** Rejects with what the program said when it ends instead of listening. */
export async function startProxy(
  { command, args, config }: ProxyProgram,
  place?: ProxyPlace,
): Promise<ReverseProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-proxy-'))
  const port = place === undefined ? await freePort() : 0
  const { within, address, ports } = place ?? { within: [], address: '127.0.0.1', ports: [port] }
  const file = join(folder, 'proxy.conf')
  writeFileSync(file, config(port, folder))
  const [program = '', ...line] = [...within, command, ...args(folder, file)]
  const child = spawn(program, line, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    },
  })
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
  const exited = once(child, 'close')
  const listening = async (): Promise<boolean> => {
    const found = await Promise.all(ports.map((one) => answers(one, address)))
    return found.every(Boolean)
  }
  while (!(await listening())) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${said.text}`)
    await pause(20)
  }
  return {
    port: ports[0] ?? port,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function answers(port: number, address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, address)
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Debian's nginx with one server; `location` is what stands in `location /`, `server` beside it. */
export function nginx(location: string, server = ''): ProxyProgram {
  return {
    command: 'nginx',
    args: (folder, file) => ['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
    config: (port, folder) => `
      daemon off;
      worker_processes 1;
      pid ${folder}/nginx.pid;
      error_log ${folder}/error.log;
      events { worker_connections 256; }
      http {
        access_log off;
        client_body_temp_path ${folder}/body;
        proxy_temp_path ${folder}/proxy;
        fastcgi_temp_path ${folder}/fastcgi;
        uwsgi_temp_path ${folder}/uwsgi;
        scgi_temp_path ${folder}/scgi;
        map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
        server {
          listen 127.0.0.1:${port};
          ${server}
          location / { ${location} }
        }
      }
    `,
  }
}
