/** All devices, requests and setup codes in memory, found in one step however many there are. */
import type { Devices, KnownDeviceToken, KnownSetupCode } from '../access/devices.ts'
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

  constructor(state: PairingState) {
    this.apply(state)
  }

  find(deviceId: string): PairedDevice | null {
    return this.#devices.get(deviceId) ?? null
  }

  findToken(digest: string): KnownDeviceToken | null {
    return this.#tokens.get(digest) ?? null
  }

  findSetupCode(digest: string): KnownSetupCode | null {
    const code = this.setupCode(this.#codeDigests.get(digest) ?? '')
    return code === null || code.usedBy !== null ? null : code
  }

  setupCode(setupId: string): SetupCode | null {
    return this.#codes.get(setupId) ?? null
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
    return [...this.#devices.values()].filter(({ removedAt }) => removedAt === null)
  }

  requests(): readonly PairingRequest[] {
    return [...this.#requests.values()]
  }

  setupCodes(): readonly SetupCode[] {
    return [...this.#codes.values()]
  }

  apply({ devices, requests, resolved, setupCodes, forgotten }: PairingChange): void {
    for (const device of devices ?? []) this.#putDevice(device)
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

  #putDevice(device: PairedDevice): void {
    const before = this.#devices.get(device.id)
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
