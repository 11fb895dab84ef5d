/** Devices, requests and setup codes as their rows hold them: JSON that a schema reads back. */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import type { PairedDevice, PairingRequest, SetupCode } from '../pairing/types.ts'
import { roleShape, scopeShape } from './scope-shape.ts'

const time = z.int()
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const scopes = z.array(scopeShape)
const names = z.array(z.string())

const description = z.strictObject({
  displayName: z.string().nullable(),
  platform: z.string().nullable(),
  deviceFamily: z.string().nullable(),
  clientId: z.string().nullable(),
  clientMode: z.string().nullable(),
})
const token = z.strictObject({ seed: z.string().min(1), digest, issuedAt: time })
const grant = z.strictObject({
  id: z.string().min(1),
  role: roleShape,
  scopes,
  expiresAt: time.nullable(),
  lapsedAt: time.optional(),
  approvedAt: time,
  approvedBy: z.string(),
  token,
  next: token.nullable(),
  superseded: z.array(token),
  rotatedAt: time.nullable(),
  lastUsedAt: time.nullable(),
})
const surface = { caps: names, commands: names }

const device = z.strictObject({
  id: digest,
  publicKey: z.string().min(1),
  name: z.string(),
  barred: z.array(roleShape),
  grants: z.array(grant),
  description,
  label: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  approvedVia: z.enum(['silent', 'owner', 'bootstrap']),
  createdAt: time,
  approvedAt: time,
  lastSeenAt: time.nullable(),
  removedAt: time.nullable(),
  surface: z.strictObject({
    approved: z
      .strictObject({
        ...surface,
        approvedAt: time,
        expiresAt: time.nullable(),
        lapsedAt: time.optional(),
      })
      .nullable(),
    pending: z.strictObject({ ...surface, requestId: z.string().min(1), at: time }).nullable(),
  }),
})

const request = z.strictObject({
  requestId: z.string().min(1),
  digest,
  deviceId: digest,
  publicKey: z.string().min(1),
  role: roleShape,
  scopes,
  description,
  browserOrigin: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  clientAddress: z.string(),
  isRepair: z.boolean(),
  createdAt: time,
  refreshedAt: time,
})

const setupCode = z.strictObject({
  setupId: z.string().min(1),
  digest,
  access: z.enum(['full', 'limited', 'node']),
  grants: z.array(z.strictObject({ role: roleShape, scopes })).min(1),
  createdAt: time,
  createdBy: z.string(),
  maker: z.strictObject({
    kind: z.enum(['owner', 'shared', 'device', 'api-key', 'user']),
    id: z.string(),
    madeBy: z.string().nullable(),
  }),
  approvesUntil: time.nullable(),
  expiresAt: time,
  lapsedAt: time.optional(),
  usedBy: z.strictObject({ deviceId: digest, at: time }).nullable(),
})

/** `null`: damaged, or of another version; such a row admits nobody and stays as it is. */
export function readDevice(document: string): PairedDevice | null {
  return device.safeParse(jsonOf(document)).data ?? null
}

export function readRequest(document: string): PairingRequest | null {
  return request.safeParse(jsonOf(document)).data ?? null
}

export function readSetupCode(document: string): SetupCode | null {
  return setupCode.safeParse(jsonOf(document)).data ?? null
}
