/** Which addresses belong to this very host: a "proxy" that comes from one of them is a local process (SPEC 2.5). */
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { canonicalAddress, isLoopback } from '../core/address.ts'
import type { Clock } from '../core/clock.ts'

/** An address that came up is known after this long. */
const REFRESH_MS = 5_000

export interface HostInterfaces {
  /** Canonical, loopback included. */
  readonly addresses: () => ReadonlySet<string>
  /** Whether `address` (canonical) is a non-loopback address of this host. */
  readonly isOwnInterface: (address: string) => boolean
}

type List = () => NodeJS.Dict<NetworkInterfaceInfo[]>

interface Sources {
  readonly clock: Clock
  /** The kernel's list, unless a test brings its own. */
  readonly list?: List
}

export function hostInterfaces({ clock, list = networkInterfaces }: Sources): HostInterfaces {
  const known = { addresses: read(list), at: clock() }

  const addresses = () => {
    const now = clock()
    // A clock set back would otherwise keep the old list until it catches up.
    const fresh = now >= known.at && now - known.at < REFRESH_MS
    if (!fresh) Object.assign(known, { addresses: read(list), at: now })
    return known.addresses
  }
  return {
    addresses,
    isOwnInterface: (address) => !isLoopback(address) && addresses().has(address),
  }
}

function read(list: List): ReadonlySet<string> {
  const infos = Object.values(list()).flatMap((interfaceInfos) => interfaceInfos ?? [])
  return new Set(infos.flatMap(({ address }) => canonicalAddress(address) ?? []))
}
