/** A path, or a verb on it, that nothing answers to: which of the two it is. */
import type { Gateway } from './gateway.ts'
import { refused, type Outcome } from './outcome.ts'
import type { Routes } from './routes.ts'
import { WEBHOOK_VERBS, webhookAt } from './webhook-path.ts'

interface Places {
  readonly routes: Pick<Routes, 'verbs'>
  readonly gateway: Pick<Gateway, 'webhooks'>
}

/** Empty: there is nothing at this path. `url`: path and query. */
export function verbsAt(url: string, { routes, gateway }: Places): readonly string[] {
  const path = webhookAt(url)
  if (path === null) return routes.verbs(url)
  return gateway.webhooks.find(path.channel, path.account) === null ? [] : WEBHOOK_VERBS
}

/** Only principals hear it: strangers are answered 401 of any path (R41). */
export function unknownRoute(verbs: readonly string[]): Outcome {
  return refused(verbs.length === 0 ? 'unknown_operation' : 'method_not_allowed')
}
