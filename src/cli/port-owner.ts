/** Who listens on a port of this host: a secret must not be handed to another user who took the port first. */
import { readFile } from 'node:fs/promises'

const LISTEN = '0A'
/** 127.0.0.1, 0.0.0.0, :: and ::ffff:127.0.0.1 as the kernel prints them on either byte order: whom a connection to 127.0.0.1 may reach. */
const REACHED = new Set([
  '0100007F',
  '7F000001',
  '00000000',
  '0'.repeat(32),
  '0000000000000000FFFF00000100007F',
  '00000000000000000000FFFF7F000001',
])

/**
 * A uid that is none of `ours` and listens where 127.0.0.1:`port` leads; `null` when there is none, or where the kernel
 * does not tell (not Linux). `tables` are for tests.
 */
export async function foreignListener(
  port: number,
  ours: readonly number[],
  tables: readonly string[] = ['/proc/net/tcp', '/proc/net/tcp6'],
): Promise<number | null> {
  const texts = await Promise.all(tables.map((path) => readFile(path, 'latin1').catch(() => '')))
  const uids = texts
    .flatMap((text) => text.split('\n'))
    .flatMap((row) => listenerUid(row, port) ?? [])
  return uids.find((uid) => !ours.includes(uid)) ?? null
}

function listenerUid(row: string, port: number): number | null {
  const [, local = '', , state, , , , uid] = row.trim().split(/\s+/)
  const [address = '', portHex = ''] = local.split(':')
  if (state !== LISTEN || !REACHED.has(address) || Number.parseInt(portHex, 16) !== port)
    return null
  return Number(uid)
}
