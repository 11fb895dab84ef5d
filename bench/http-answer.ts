/** The gateway's own answer, taken down so that the bare server can give the same bytes. */
import { request } from 'node:http'

export interface Answer {
  readonly status: number
  /** Names and values in turn, as they were sent; without those that Node writes by itself. */
  readonly headers: readonly string[]
  /** Whether it carries a Date. */
  readonly date: boolean
  readonly body: string
}

const WRITTEN_BY_NODE: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
])

export interface Question {
  readonly port: number
  readonly path: string
  /** `name: value` lines. */
  readonly headers: readonly string[]
  readonly localAddress?: string
}

export function captureAnswer({
  port,
  path,
  headers,
  localAddress = '127.0.0.1',
}: Question): Promise<Answer> {
  const named = Object.fromEntries(
    headers.map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
  )
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, localAddress, headers: named },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const names = response.rawHeaders.filter((_, at) => at % 2 === 0)
          const kept = names.flatMap((name, at) => {
            return WRITTEN_BY_NODE.has(name.toLowerCase())
              ? []
              : [name, response.rawHeaders[at * 2 + 1] ?? '']
          })
          const date = names.some((name) => name.toLowerCase() === 'date')
          const body = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, headers: kept, date, body })
        })
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}
