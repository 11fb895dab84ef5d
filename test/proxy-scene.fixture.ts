/** For tests: a gateway and the machine of its proxy, placed as the documentation has them. */
import { onTestFinished } from 'vitest'
import { commandOf } from './documented-proxy.fixture.ts'
import { startGateway, type RunningGateway } from './gateway.ts'
import { connectMachines, noMachines, otherMachine, type Machine } from './machine.fixture.ts'
import { PROXY_NAMES, type PlaceName } from './proxy-matrix-table.fixture.ts'
import { isInstalled } from './proxy-server.fixture.ts'

/** What is missing here for the tests of proxies; empty when nothing is. */
export const MISSING: readonly string[] = [
  noMachines(),
  ...['openssl', ...PROXY_NAMES.map(commandOf)].map((name) =>
    isInstalled(name) ? null : `needs ${name}`,
  ),
].filter((reason) => reason !== null)

export interface Placed {
  /** Where the proxy runs. */
  readonly machine: Machine
  readonly gateway: RunningGateway
  /** `host:port` of the gateway as the proxy finds it, and the proxy as the gateway sees it. */
  readonly upstream: string
  readonly peer: string
}

/** `settings`: the rest of the section `gateway`, told how the gateway will see its proxy. */
export async function gatewayAt(
  place: PlaceName,
  settings: (peer: string) => object,
): Promise<Placed> {
  const machine = newMachine()
  if (place !== 'bridge') {
    const address = place === 'lan' ? machine.address : '127.0.0.1'
    const gateway = await started({ bind: place, ...settings(address) }, machine)
    return { machine, gateway, upstream: `${address}:${gateway.port}`, peer: address }
  }
  const host = newMachine()
  const [peer, address] = connectMachines(machine, host)
  const bind = { bind: 'custom', customBindHost: address }
  const gateway = await started({ ...bind, ...settings(peer) }, host)
  return { machine, gateway, upstream: `${address}:${gateway.port}`, peer }
}

function newMachine(): Machine {
  const machine = otherMachine()
  onTestFinished(() => machine.remove())
  return machine
}

async function started(gateway: object, { within }: Machine): Promise<RunningGateway> {
  const running = await startGateway({ config: { gateway }, within })
  onTestFinished(async () => void (await running.stop()))
  return running
}
