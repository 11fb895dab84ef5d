/** The built gateway, in a fresh state dir. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, startServer, type ServerProcess } from './server-process.ts'

export const TOKEN = 'be9c4a17'.repeat(8)
/** Never local-direct: somebody forwards for this caller. */
export const FORWARDED = 'x-forwarded-for: 203.0.113.9'

/** Guesses from this host count as they would from anywhere. */
export const STRICT = {
  auth: { allowLocalDirect: false, rateLimit: { exemptLoopback: false } },
} as const

/** The command line under test: `--entry FILE`, for trying the benchmark on something else. */
export const ENTRY = resolve(argumentOf('--entry') ?? 'dist/index.js')

export async function startGateway(gatewayConfig: object): Promise<ServerProcess> {
  return startGatewayIn(freshStateDir(gatewayConfig))
}

/** `stateDir` is removed when the gateway is stopped. */
export async function startGatewayIn(stateDir: string): Promise<ServerProcess> {
  const port = await freePort()
  const server = await startServer({
    args: [ENTRY, 'gateway', '--port', String(port)],
    env: gatewayEnv(stateDir),
    cwd: stateDir,
    port,
    readyPath: '/readyz',
  })
  return {
    ...server,
    stop: async () => {
      await server.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

export function freshStateDir(gatewayConfig: object): string {
  const stateDir = mkdtempSync(join(tmpdir(), 'openclaw-bench-'))
  writeFileSync(join(stateDir, 'openclaw.json'), JSON.stringify({ gateway: gatewayConfig }), {
    mode: 0o600,
  })
  return stateDir
}

export function gatewayEnv(stateDir: string): Record<string, string> {
  return {
    HOME: stateDir,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
    NO_COLOR: '1',
  }
}

export function argumentOf(flag: string): string | null {
  const at = process.argv.indexOf(flag)
  return at === -1 ? null : (process.argv[at + 1] ?? null)
}
