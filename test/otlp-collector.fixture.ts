/** For tests: a collector on loopback that takes traces as OTLP over HTTP has them. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const attributes = z.array(
  z.strictObject({ key: z.string(), value: z.strictObject({ stringValue: z.string() }) }),
)
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string(),
  kind: z.union([z.literal(1), z.literal(2)]),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes,
  status: z.strictObject({ code: z.literal(2) }).optional(),
})
const body = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(span),
        }),
      ),
    }),
  ),
})

export type ReceivedSpan = z.output<typeof span>

export interface Collector {
  readonly endpoint: string
  readonly port: number
  readonly spans: readonly ReceivedSpan[]
  /** Path and headers of each request. */
  readonly requests: readonly { readonly path: string; readonly headers: object }[]
  /** Everything that came, as text. */
  readonly text: () => string
  stop(): Promise<void>
}

/** `redirectTo`: answers everything with 307 to there. */
export async function startCollector({
  port = 0,
  redirectTo,
}: { port?: number; redirectTo?: string } = {}): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const requests: { path: string; headers: object }[] = []
  const texts: string[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    requests.push({ path: request.url ?? '', headers: request.headers })
    texts.push(text)
    if (redirectTo !== undefined) {
      response.writeHead(307, { location: redirectTo }).end()
      return
    }
    const parsed = body.safeParse(JSON.parse(text))
    if (!parsed.success) {
      response.writeHead(400).end(parsed.error.message)
      return
    }
    for (const { scopeSpans } of parsed.data.resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}')
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const at = (server.address() as AddressInfo).port
  return {
    endpoint: `http://127.0.0.1:${at}`,
    port: at,
    spans,
    requests,
    text: () => texts.join('\n'),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function attribute({ attributes }: ReceivedSpan, name: string): string | undefined {
  return attributes.find(({ key }) => key === name)?.value.stringValue
}
