/** For tests: sends the requests that it is told on standard input, one JSON value a line, and says how each was answered. Runs as whoever, and on whichever machine, it is started. */
import { request } from 'node:http'
import { createInterface } from 'node:readline'

export interface Told {
  readonly id: number
  readonly to: string
  readonly port: number
  /** Source address; the system's choice where it is missing. */
  readonly from?: string
  readonly method: string
  readonly path: string
  /** `Name: value`, one each. */
  readonly headers: readonly string[]
}

/** `status` 0: nobody answered. */
export interface Heard {
  readonly id: number
  readonly status: number
}

// Whoever told it has gone.
if (process.argv[1] === import.meta.filename) process.stdout.on('error', () => process.exit())
if (process.argv[1] === import.meta.filename)
  createInterface({ input: process.stdin }).on('line', (line) => {
    const told = JSON.parse(line) as Told
    const say = (status: number): void => {
      const heard: Heard = { id: told.id, status }
      process.stdout.write(`${JSON.stringify(heard)}\n`)
    }
    const sent = request(
      {
        host: told.to,
        port: told.port,
        method: told.method,
        path: told.path,
        setHost: false,
        agent: false,
        timeout: 5_000,
        headers: told.headers.flatMap((header) => /^([^:]+): (.*)$/.exec(header)?.slice(1) ?? []),
        ...(told.from !== undefined && { localAddress: told.from }),
      },
      (response) => {
        response.resume()
        say(response.statusCode ?? 0)
      },
    )
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => say(0))
    sent.end()
  })
