/** `telemetry`: where traces go. */
import * as z from 'zod'
import { headerName, secret, url } from './fields.ts'

const endpoint = url(['http', 'https'])
  .refine((value) => {
    const { username, password, search, hash } = URL.parse(value) ?? { username: '?' }
    return [username, password, search, hash].every((part) => part === '')
  }, 'has a user, a password, a query or a fragment in it: what is secret belongs into telemetry.otlp.headers')
  .optional()
  .meta({
    description:
      'Collector that takes traces by OTLP over HTTP; /v1/traces is added. Unset: none are made. OTEL_EXPORTER_OTLP_ENDPOINT wins over it.',
  })

export const telemetrySection = z
  .strictObject({
    otlp: z
      .strictObject({
        endpoint,
        headers: z
          .record(headerName, secret('Value of the header.'))
          .default({})
          .meta({ description: 'Headers for the collector, by name.' }),
        sampleRatio: z
          .number()
          .min(0)
          .max(1)
          .default(1)
          .meta({ description: 'How many of the traces that begin here are kept: 0 to 1.' }),
      })
      .prefault({})
      .meta({ description: 'OpenTelemetry traces.' }),
  })
  .prefault({})
  .meta({ description: 'What the gateway tells of itself.' })
