/** For tests: the configurations of docs/proxies, run as they stand but for the addresses and files in them that are examples. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Machine } from './machine.fixture.ts'
import { EXAMPLE, PROXIES, type ProxyName } from './proxy-matrix-table.fixture.ts'
import { startProxy, type ProxyProgram } from './proxy-server.fixture.ts'

interface Distribution {
  readonly command: string
  readonly args: ProxyProgram['args']
  /** The distribution's own configuration, into which ours is included. */
  readonly around: (ours: string, folder: string) => string
}

/** Debian's; `unixd` is built in there. */
const APACHE_MODULES =
  'mpm_event authz_core headers proxy proxy_http proxy_wstunnel socache_shmcb ssl'.split(' ')

const DISTRIBUTIONS: Readonly<Record<ProxyName, Distribution>> = {
  nginx: {
    command: 'nginx',
    args: (folder, file) => ['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
    around: (ours, folder) => `
      daemon off;
      worker_processes 1;
      pid ${folder}/nginx.pid;
      error_log ${folder}/error.log;
      events { worker_connections 256; }
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
        ${ours}
      }`,
  },
  Caddy: {
    command: 'caddy',
    args: (_, file) => ['run', '--config', file, '--adapter', 'caddyfile'],
    around: (ours) => ours,
  },
  haproxy: {
    command: 'haproxy',
    args: (_, file) => ['-db', '-f', file],
    around: (ours) => ours,
  },
  Apache: {
    command: 'apache2',
    args: (folder, file) => ['-d', folder, '-f', file, '-DFOREGROUND'],
    around: (ours, folder) => `
      ${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
      User www-data
      Group www-data
      PidFile ${folder}/apache.pid
      DefaultRuntimeDir ${folder}
      ErrorLog ${folder}/error.log
      ServerName localhost
      Listen 80
      Listen 443
      ${ours}`,
  },
}

export function commandOf(name: ProxyName): string {
  return DISTRIBUTIONS[name].command
}

export interface DocumentedProxy {
  readonly machine: Machine
  /** `host:port` of the gateway, as the proxy reaches it. */
  readonly gateway: string
  readonly certificates: Certificates
  /** A change to the documented text, for what it describes as a variant. */
  readonly vary?: (text: string) => string
}

/** Listens at port 80 and 443 of its machine until the test has finished. */
export async function startDocumented(name: ProxyName, proxy: DocumentedProxy): Promise<void> {
  const { machine, gateway, certificates, vary = (text) => text } = proxy
  const { command, args, around } = DISTRIBUTIONS[name]
  const ours = [
    [EXAMPLE.gateway, gateway],
    [EXAMPLE.certificates, certificates.folder],
  ].reduce(
    (text, [example = '', real = '']) => replaced(text, example, real),
    documentedText(PROXIES[name]),
  )
  const running = await startProxy(
    { command, args, config: (_, folder) => around(vary(ours), folder) },
    { within: machine.within, address: machine.address, ports: [80, 443] },
  )
  onTestFinished(() => running.stop())
}

export function documentedText(file: string): string {
  return readFileSync(join(import.meta.dirname, '../docs/proxies', file), 'utf8')
}

/** An example that the text no longer has would be left to point at nothing. */
function replaced(text: string, example: string, real: string): string {
  if (!text.includes(example)) throw new Error(`the configuration does not say ${example}`)
  return text.replaceAll(example, real)
}

export interface Certificates {
  /** With `cert.pem`, `key.pem` and `both.pem`. */
  readonly folder: string
  readonly certificate: string
  remove(): void
}

/** Signed by nobody but itself, for the example's name. */
export function selfSigned(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-certificates-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const line = [
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2',
    `-subj /CN=${EXAMPLE.name} -addext subjectAltName=DNS:${EXAMPLE.name}`,
    `-out ${cert} -keyout ${key}`,
  ].join(' ')
  const { status, stderr } = spawnSync('openssl', line.split(' '), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl: ${stderr}`)
  const certificate = readFileSync(cert, 'utf8')
  writeFileSync(join(folder, 'both.pem'), certificate + readFileSync(key, 'utf8'))
  return {
    folder,
    certificate,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
