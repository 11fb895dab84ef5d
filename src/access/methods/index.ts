/** Every way to authenticate, in the order they are asked (SPEC 2.3). To add one: write its file, add its line. */
import { apiKey } from './api-key.ts'
import { bootstrapToken } from './bootstrap-token.ts'
import { deviceToken } from './device-token.ts'
import { localDirect } from './local-direct.ts'
import { password, token } from './shared-secret.ts'
import { tailscale } from './tailscale.ts'
import { trustedProxy } from './trusted-proxy.ts'
import type { AmbientMethod, PresentedMethod } from './types.ts'
import { webSession } from './web-session.ts'

/** Asked of each presented string whose class they name. */
export const PRESENTED: readonly PresentedMethod[] = [
  webSession,
  deviceToken,
  bootstrapToken,
  token,
  apiKey,
  password,
]

/**
 * Asked when no presented string was accepted, and those that name a person also for a page whose device nobody has
 * approved. The owner comes last: a credential is the narrower wish.
 */
export const AMBIENT: readonly AmbientMethod[] = [tailscale, trustedProxy, localDirect]
