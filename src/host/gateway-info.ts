/** What a running gateway tells the command line of itself, in `gateway.json`. Holds no secret. */
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'

const GATEWAY_INFO = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(0).max(65_535),
  /** The addresses it listens on. */
  bind: z.array(z.string()).readonly(),
  /** Where the owner's socket lies; `null` when there is none. */
  ownerSocket: z.string().nullable(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  version: z.string(),
})
export type GatewayInfo = Readonly<z.output<typeof GATEWAY_INFO>>

/** `null` when it is missing, or not what we wrote. */
export function readInfo(path: string): GatewayInfo | null {
  try {
    // A pipe in its place would never end.
    if (!statSync(path).isFile()) return null
    return GATEWAY_INFO.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null
  } catch {
    return null
  }
}
