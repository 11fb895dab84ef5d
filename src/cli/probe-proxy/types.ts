/** What the gateway says of a probe, as it arrives here. */
import { z } from 'zod'

export const settingsShape = z.object({
  mode: z.string(),
  userHeader: z.string().nullable(),
  requiredHeaders: z.array(z.string()),
  assertionHeader: z.string().nullable(),
  tailscale: z.boolean(),
})
export type ProbeSettings = z.output<typeof settingsShape>

export const startedShape = z.object({
  probe: z.string(),
  nonces: z.array(z.string()),
  path: z.string(),
  marker: z.object({ text: z.string(), address: z.string() }),
  settings: settingsShape,
})
export type Started = z.output<typeof startedShape>

const arrivalShape = z.object({
  request: z.number(),
  transport: z.string(),
  names: z.array(z.string()),
  forged: z.array(z.string()),
  host: z.string(),
  hops: z.number(),
  forwarding: z.array(z.string()),
  peer: z.object({ address: z.string(), trusted: z.boolean(), loopback: z.boolean() }),
  clientAddress: z.string().nullable(),
  malformed: z.string().nullable(),
})
export type Arrival = z.output<typeof arrivalShape>

export const readShape = z.object({ sightings: z.array(arrivalShape) })
