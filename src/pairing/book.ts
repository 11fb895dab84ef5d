/**
 * All devices, requests and setup codes in memory, found in one step however many there are. Whoever looks sees what is
 * over by the clock; from then on it is over, whatever the clock says later.
 */
import type { Devices, KnownDeviceToken, KnownSetupCode } from '../access/devices.ts'
import type { Clock } from '../core/clock.ts'
import { codeWithLapse, keepingLapses, mayLapse, withLapses, type Lapses } from './lapse.ts'
import { codeIsOver } from './setup-code.ts'
import type {
  PairedDevice,
  PairingChange,
  PairingRequest,
  PairingState,
  SetupCode,
} from './types.ts'

export class DeviceBook implements Devices {
  readonly #devices = new Map<string, PairedDevice>()
  readonly #tokens = new Map<string, KnownDeviceToken>()
  readonly #requests = new Map<string, PairingRequest>()
  readonly #requestOf = new Map<string, string>()
  readonly #surfaceRequestOf = new Map<string, string>()
  readonly #codes = new Map<string, SetupCode>()
  readonly #codeDigests = new Map<string, string>()
  /** Devices of which something ends, and nobody has seen it. */
  readonly #ending = new Set<string>()
  /** Seen to be over, and not on disk: devices, and setup codes. */
  readonly #lapsed = { devices: new Set<string>(), codes: new Set<string>() }
  readonly #clock: Clock
  readonly #counts = { unasked: 0, removed: 0 }

  constructor(state: PairingState, clock: Clock) {
    this.#clock = clock
    this.apply(state)
  }

  /** Of devices: those that were approved without asking, and those that were removed. */
  get counts(): { readonly unasked: number; readonly removed: number } {
    return this.#counts
  }

  find(deviceId: string): PairedDevice | null {
    const device = this.#devices.get(deviceId) ?? null
    return device === null || !this.#ending.has(deviceId) ? device : this.#look(device)
  }

  findToken(digest: string): KnownDeviceToken | null {
    return this.#tokens.get(digest) ?? null
  }

  findSetupCode(digest: string): KnownSetupCode | null {
    const code = this.setupCode(this.#codeDigests.get(digest) ?? '')
    const over = code === null || code.usedBy !== null || codeIsOver(code, this.#clock())
    return over ? null : code
  }

  wasSetupCode(digest: string): boolean {
    return this.setupCode(this.#codeDigests.get(digest) ?? '')?.lapsedAt !== undefined
  }

  setupCode(setupId: string): SetupCode | null {
    const code = this.#codes.get(setupId) ?? null
    return code === null ? null : this.#lookAt(code)
  }

  request(requestId: string): PairingRequest | null {
    return this.#requests.get(requestId) ?? null
  }

  requestOf(deviceId: string): PairingRequest | null {
    return this.request(this.#requestOf.get(deviceId) ?? '')
  }

  /** The node that asks for its surface with this request. */
  surfaceRequestOf(requestId: string): PairedDevice | null {
    return this.find(this.#surfaceRequestOf.get(requestId) ?? '')
  }

  /** Removed ones are not listed. */
  devices(): readonly PairedDevice[] {
    return [...this.#devices.keys()].flatMap((id) => {
      const device = this.find(id)
      return device === null || device.removedAt !== null ? [] : device
    })
  }

  removed(): readonly PairedDevice[] {
    return [...this.#devices.values()].filter(({ removedAt }) => removedAt !== null)
  }

  requests(): readonly PairingRequest[] {
    return [...this.#requests.values()]
  }

  setupCodes(): readonly SetupCode[] {
    return [...this.#codes.values()].map((code) => this.#lookAt(code))
  }

  /** Looks at all that may be over by now. */
  look(): void {
    for (const deviceId of this.#ending) this.find(deviceId)
    for (const setupId of this.#codes.keys()) this.setupCode(setupId)
  }

  /** What was seen to be over and is not on disk, as it is now. */
  lapses(): Lapses {
    const { devices, codes } = this.#lapsed
    return {
      devices: [...devices].flatMap((id) => this.#devices.get(id) ?? []),
      setupCodes: [...codes].flatMap((id) => this.#codes.get(id) ?? []),
    }
  }

  /** They are on their way to the disk. */
  takeLapses(): Lapses {
    const lapses = this.lapses()
    this.#lapsed.devices.clear()
    this.#lapsed.codes.clear()
    return lapses
  }

  /** The disk did not take them. */
  putBack({ devices, setupCodes }: Lapses): void {
    for (const { id } of devices) this.#lapsed.devices.add(id)
    for (const { setupId } of setupCodes) this.#lapsed.codes.add(setupId)
  }

  apply(change: PairingChange): void {
    const { devices, requests, resolved, setupCodes, forgotten, forgottenDevices } = change
    for (const device of devices ?? []) this.#putDevice(device)
    for (const deviceId of forgottenDevices ?? []) this.#dropRemoved(deviceId)
    for (const requestId of resolved ?? []) this.#dropRequest(requestId)
    for (const request of requests ?? []) {
      this.#requests.set(request.requestId, request)
      this.#requestOf.set(request.deviceId, request.requestId)
    }
    for (const setupId of forgotten ?? []) this.#dropCode(setupId)
    for (const code of setupCodes ?? []) {
      this.#codes.set(code.setupId, code)
      this.#codeDigests.set(code.digest, code.setupId)
    }
  }

  #look(device: PairedDevice): PairedDevice {
    const seen = withLapses(device, this.#clock())
    if (seen === device) return device
    this.#devices.set(seen.id, seen)
    this.#lapsed.devices.add(seen.id)
    if (!mayLapse(seen)) this.#ending.delete(seen.id)
    return seen
  }

  #lookAt(code: SetupCode): SetupCode {
    const seen = codeWithLapse(code, this.#clock())
    if (seen === code) return code
    this.#codes.set(seen.setupId, seen)
    this.#lapsed.codes.add(seen.setupId)
    return seen
  }

  #putDevice(decided: PairedDevice): void {
    const before = this.#devices.get(decided.id)
    const device = before === undefined ? decided : keepingLapses(before, decided)
    if (before !== undefined) this.#count(before, -1)
    this.#count(device, 1)
    if (mayLapse(device)) this.#ending.add(device.id)
    else this.#ending.delete(device.id)
    this.#surfaceRequestOf.delete(before?.surface.pending?.requestId ?? '')
    const { pending } = device.surface
    if (pending !== null) this.#surfaceRequestOf.set(pending.requestId, device.id)
    for (const { token, superseded, next } of before?.grants ?? []) {
      for (const { digest } of [token, ...superseded]) this.#tokens.delete(digest)
      if (next !== null) this.#tokens.delete(next.digest)
    }
    this.#devices.set(device.id, device)
    for (const { role, token, superseded, next } of device.grants) {
      for (const { digest } of [token, ...superseded])
        this.#tokens.set(digest, { deviceId: device.id, role, fresh: false })
      if (next !== null) this.#tokens.set(next.digest, { deviceId: device.id, role, fresh: true })
    }
  }

  #count({ approvedVia, removedAt }: PairedDevice, by: 1 | -1): void {
    if (removedAt !== null) this.#counts.removed += by
    else if (approvedVia === 'silent') this.#counts.unasked += by
  }

  /** It has neither tokens nor anything that ends. */
  #dropRemoved(deviceId: string): void {
    const device = this.#devices.get(deviceId)
    if (device === undefined || device.removedAt === null) return
    this.#devices.delete(deviceId)
    this.#lapsed.devices.delete(deviceId)
    this.#count(device, -1)
  }

  #dropRequest(requestId: string): void {
    const request = this.#requests.get(requestId)
    if (request === undefined) return
    this.#requests.delete(requestId)
    if (this.#requestOf.get(request.deviceId) === requestId)
      this.#requestOf.delete(request.deviceId)
  }

  #dropCode(setupId: string): void {
    const code = this.#codes.get(setupId)
    if (code === undefined) return
    this.#codes.delete(setupId)
    this.#codeDigests.delete(code.digest)
  }
}
