/** Where chat networks call us: `/webhooks/<channel>/<account>`. */

export interface WebhookPath {
  readonly channel: string
  readonly account: string
}

const FOLDER = '/webhooks/'
/** The names as the configuration allows them, and nothing encoded: a path has one spelling (R09). */
const PATH = /^\/webhooks\/([a-z]{1,32})\/([a-z0-9][a-z0-9_-]{0,31})$/

/** `url`: path and query. `null`: no webhook's, whether or not there is such an account. */
export function webhookAt(url: string): WebhookPath | null {
  // Almost nothing is one.
  if (!url.startsWith(FOLDER)) return null
  const [, channel, account] = PATH.exec(url.split('?', 1)[0] ?? '') ?? []
  return channel === undefined || account === undefined ? null : { channel, account }
}

export const WEBHOOK_VERBS = ['GET', 'POST'] as const
export type WebhookVerb = (typeof WEBHOOK_VERBS)[number]

export function webhookVerb(method: string | undefined): WebhookVerb | null {
  return WEBHOOK_VERBS.find((verb) => verb === method) ?? null
}

/** Of the handshake with Meta's networks: the one secret that may stand in a query (SPEC 5). */
export const VERIFY_TOKEN = 'hub.verify_token'
