/** A request that nobody has sent, as the server would see it. */
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../core/address.ts'
import type { Connection } from './connection.ts'

/** `address`: canonical. */
export function madeUpConnection(address: string): Connection {
  return {
    listener: 'tcp',
    remote: { address, port: 0 },
    local: { address: '', port: 0 },
    loopback: isLoopback(address),
    owner: null,
    knownOwner: null,
    presented: null,
  }
}

/** As the parser would hand them over: names lower-case, repeated ones joined. A Host is added where none is given. */
export function parseHeaders(
  lines: readonly string[],
): { headers: IncomingHttpHeaders; rawHeaders: string[] } | null {
  const pairs = lines.map((line) => /^([!#$%&'*+.^_`|~0-9a-z-]+):[ \t]*(.*)$/i.exec(line))
  const rawHeaders: string[] = []
  const headers: Record<string, string> = {}
  for (const pair of pairs) {
    if (pair === null) return null
    const [, name = '', value = ''] = pair
    rawHeaders.push(name, value)
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value.trim() : `${headers[key]}, ${value.trim()}`
  }
  if (headers['host'] !== undefined) return { headers, rawHeaders }
  return {
    headers: { ...headers, host: 'localhost' },
    rawHeaders: [...rawHeaders, 'Host', 'localhost'],
  }
}
