/** `metrics`: the gateway in numbers, for Prometheus (SPEC 10). */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

export interface MetricsPort {
  /** All metrics, in Prometheus's text format. */
  read(): Promise<string>
}

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8'

export function metrics(port: MetricsPort): Operation {
  return defineOperation({
    name: 'metrics',
    summary: 'The gateway in numbers, as Prometheus reads them.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/metrics', mediaType: TEXT_FORMAT },
    websocket: false,
    input: z.strictObject({}),
    run: () => port.read(),
  })
}
