/** What `tailscale serve` already does on this machine, as far as our one entry is concerned. */
import { z } from 'zod'
import type { TailscaleCommand } from './tailscale-command.ts'
import { jsonOf } from '../core/json.ts'

/** The port of `https://<name>.ts.net/`. */
export const HTTPS_PORT = 443

export interface ServeConfig {
  readonly kind: 'read'
  /** What `/` leads to: the proxy's target, or a word for anything else; `null` when nothing is there. */
  readonly root: string | null
  readonly otherPaths: readonly string[]
  /** The port forwards raw TCP. */
  readonly tcp: boolean
  readonly funnel: boolean
}

const HANDLER = z.object({ Proxy: z.string().optional() })
/** The members we use of `ipn.ServeConfig`; `null` when nothing is served. */
const SERVE_CONFIG = z
  .object({
    TCP: z
      .record(z.string(), z.object({ HTTPS: z.boolean().optional(), HTTP: z.boolean().optional() }))
      .nullish(),
    Web: z
      .record(z.string(), z.object({ Handlers: z.record(z.string(), HANDLER).nullish() }))
      .nullish(),
    AllowFunnel: z.record(z.string(), z.boolean()).nullish(),
  })
  .nullable()

export async function readServeConfig(
  command: TailscaleCommand,
): Promise<ServeConfig | { readonly kind: 'unreadable'; readonly message: string }> {
  const result = await command(['serve', 'status', '--json'])
  if (result.kind === 'unavailable') return { kind: 'unreadable', message: result.detail }
  if (result.kind === 'failed') return { kind: 'unreadable', message: result.message }
  const parsed = SERVE_CONFIG.safeParse(jsonOf(result.stdout))
  if (!parsed.success)
    return {
      kind: 'unreadable',
      message: '`tailscale serve status --json` is not what it used to be',
    }

  const { TCP: tcp, Web: web, AllowFunnel: funnel } = parsed.data ?? {}
  const paths = new Map(
    onOurPort(web).flatMap(({ Handlers: handlers }) => Object.entries(handlers ?? {})),
  )
  const port = tcp?.[String(HTTPS_PORT)]
  return {
    kind: 'read',
    root: paths.has('/') ? (paths.get('/')?.Proxy ?? 'something else') : null,
    otherPaths: [...paths.keys()].filter((path) => path !== '/'),
    tcp: port !== undefined && port.HTTPS !== true && port.HTTP !== true,
    funnel: onOurPort(funnel).includes(true),
  }
}

/** Values whose key, `<name>:<port>`, is about our port. */
function onOurPort<Value>(
  byHostPort: Readonly<Record<string, Value>> | null | undefined,
): readonly Value[] {
  const entries = Object.entries(byHostPort ?? {})
  return entries
    .filter(([hostPort]) => hostPort.endsWith(`:${HTTPS_PORT}`))
    .map(([, value]) => value)
}
