/** What this machine is called on its tailnet, and the addresses that `gateway.bind: tailnet` listens on. */
import { z } from 'zod'
import { canonicalAddress } from '../core/address.ts'
import type { TailscaleCommand } from './tailscale-command.ts'
import { jsonOf } from '../core/json.ts'

export type OwnTailnet =
  | {
      readonly kind: 'up'
      /** This node's own `*.ts.net` names, lower-case, without the trailing dot. */
      readonly names: readonly string[]
      /** Canonical; the IPv4 one first, as tailscale lists them. */
      readonly addresses: readonly string[]
    }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** The members we use of `ipnstate.Status`. */
const STATUS = z.object({
  BackendState: z.string().default('Running'),
  Self: z.object({
    DNSName: z.string().default(''),
    TailscaleIPs: z.array(z.string()).nullish(),
  }),
})

/** A large tailnet lists every peer here. */
export const STATUS_COMMAND = { timeoutMs: 5_000, maxBytes: 33_554_432 } as const

export async function ownTailnet(command: TailscaleCommand): Promise<OwnTailnet> {
  const result = await command(['status', '--json'])
  if (result.kind === 'unavailable') return result
  if (result.kind === 'failed') return unavailable(`tailscale status failed: ${result.message}`)

  const parsed = STATUS.safeParse(jsonOf(result.stdout))
  if (!parsed.success) return unavailable('tailscale status says nothing of this machine')
  const { BackendState: state, Self: self } = parsed.data
  if (state !== 'Running')
    return unavailable(`tailscale is in state "${state}": run \`tailscale up\``)

  const name = self.DNSName.toLowerCase().replace(/\.$/, '')
  return {
    kind: 'up',
    names: name.endsWith('.ts.net') ? [name] : [],
    addresses: (self.TailscaleIPs ?? []).flatMap((address) => canonicalAddress(address) ?? []),
  }
}

function unavailable(detail: string): OwnTailnet {
  return { kind: 'unavailable', detail }
}
