/** Asks tailscaled itself, over its local API socket: no process to start. */
import { statSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import type { TailnetAnswer } from '../access/types.ts'
import { oneLine } from './tailscale-command.ts'
import { parseWhois } from './tailscale-profile.ts'

/** Where tailscaled listens on Linux. */
export const TAILSCALED_SOCKET = '/var/run/tailscale/tailscaled.sock'
/** The name that the local API insists on, so that no page in a browser can reach it by rebinding. */
const HOST = 'local-tailscaled.sock'
const MAX_BYTES = 1_048_576

/** `GET /localapi/v0/whois`; 404 is how the daemon says that it knows no such address. */
export async function whoisByLocalApi(
  address: string,
  { socketPath, timeoutMs }: { readonly socketPath: string; readonly timeoutMs: number },
): Promise<TailnetAnswer> {
  const target = isIPv6(address) ? `[${address}]:0` : `${address}:0`
  const path = `/localapi/v0/whois?addr=${encodeURIComponent(target)}`
  try {
    const { status, body } = await get({ socketPath, path, timeoutMs })
    if (status === 200) return parseWhois(body)
    if (status === 404) return { kind: 'unknown-address' }
    return { kind: 'unavailable', detail: `tailscaled answered ${status}: ${oneLine(body)}` }
  } catch (error) {
    return {
      kind: 'unavailable',
      detail: `tailscaled cannot be asked: ${reasonOf(error, timeoutMs)}`,
    }
  }
}

/** The uids that tailscaled may run as: root, and whoever owns its socket. */
export function tailscaledUids(socketPath: string = TAILSCALED_SOCKET): readonly number[] {
  const owner = ownerOf(socketPath)
  return owner === null || owner === 0 ? [0] : [0, owner]
}

function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid
  } catch {
    return null
  }
}

interface Question {
  readonly socketPath: string
  readonly path: string
  readonly timeoutMs: number
}

function get({ timeoutMs, ...target }: Question): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const asked = request(
      { ...target, headers: { Host: HOST }, agent: false, signal },
      (answer) => {
        readBody(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject)
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  const seen = { bytes: 0 }
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk)
    seen.bytes += bytes.length
    if (seen.bytes > MAX_BYTES) throw new Error('its answer is too long')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1000} s`
  return error.message
}
