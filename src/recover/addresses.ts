/** Where the gateway would listen: an address that this host no longer has, or a port that is root's. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { load } from '../config/load.ts'
import { codeOf } from '../core/errors.ts'
import { CREDENTIAL_ON_THIS_HOST, saysWhoIsLocal, unset } from './narrow.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig } from './write-config.ts'

export const addresses: Step = { name: 'address', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const loaded = await load(place.request)
  if (loaded.kind === 'refused') return []
  const { bind, customBindHost, port, bridgePort } = loaded.config.gateway
  const custom = bind === 'custom' && customBindHost !== undefined
  const host = custom ? customBindHost : '127.0.0.1'
  if (custom && (await whyNot(host, 0)) === 'EADDRNOTAVAIL') return [gone(place, host)]
  const own = await portFault(place, { key: 'port', host, port })
  const bridge =
    bridgePort === undefined
      ? []
      : await portFault(place, { key: 'bridgePort', host, port: bridgePort })
  return [...own, ...bridge]
}

interface Wanted {
  readonly key: 'port' | 'bridgePort'
  readonly host: string
  readonly port: number
}

async function portFault(place: Place, wanted: Wanted): Promise<readonly Fault[]> {
  const { key, host, port } = wanted
  const why = await whyNot(host, port)
  if (why === 'EACCES') return [forRoot(place, wanted)]
  if (why !== 'EADDRINUSE') return []
  const what = `gateway.${key}: ${port} is in use by another program`
  return [{ kind: 'hint', what, next: 'Stop it, or choose another port' }]
}

/** `null`: it could listen there. */
async function whyNot(host: string, port: number): Promise<string | null> {
  const server = createServer((socket) => socket.destroy())
  try {
    await once(server.listen({ host, port }), 'listening')
    return null
  } catch (error) {
    return codeOf(error)
  } finally {
    server.close()
  }
}

function gone(place: Place, host: string): Fault {
  return {
    kind: 'repairable',
    what: `gateway.customBindHost: ${host} is no address of this host`,
    remedy: 'moved aside with gateway.bind: the gateway listens on this host only',
    next: `Set the right address: openclaw config set gateway.customBindHost …`,
    async repair() {
      await changeConfig(place, (tree) => [
        ...unset(tree, ['gateway', 'bind']),
        ...unset(tree, ['gateway', 'customBindHost']),
        ...(saysWhoIsLocal(tree) ? [] : [CREDENTIAL_ON_THIS_HOST]),
      ])
      return null
    },
  }
}

function forRoot(place: Place, { key, port }: Wanted): Fault {
  return {
    kind: 'repairable',
    what: `gateway.${key}: ${port} may not be opened by this user`,
    remedy: 'moved aside: the default holds',
    next: null,
    async repair() {
      await changeConfig(place, (tree) => unset(tree, ['gateway', key]))
      return null
    },
  }
}
