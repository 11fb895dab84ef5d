/** Turns traces on and off as the configuration says. The exporter is loaded only when it is needed. */
import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/schema.ts'
import type { Secret } from '../core/secret.ts'
import type { OtlpExporter, OtlpOptions } from '../telemetry/otlp-exporter.ts'
import { Tracing } from '../telemetry/tracing.ts'

export interface Traces {
  readonly tracing: Tracing
  /** At the start and after each reload; an exporter whose settings stay goes on. */
  apply(config: Config): Promise<void>
  /** Sends what waits. */
  stop(): Promise<void>
}

export function makeTraces({ version, log }: Pick<OtlpOptions, 'version' | 'log'>): Traces {
  const tracing = new Tracing()
  const live: { exporter: OtlpExporter | null; print: unknown } = { exporter: null, print: null }
  const stop = async (): Promise<void> => {
    const { exporter } = live
    live.exporter = null
    tracing.configure(null)
    await exporter?.stop()
  }
  return {
    tracing,
    stop,
    async apply({ telemetry: { otlp } }) {
      const { endpoint, sampleRatio } = otlp
      const headers = given(otlp.headers)
      const digests = Object.entries(headers).map(([name, secret]) => [name, secret.digest()])
      const print = [endpoint, digests, sampleRatio]
      if (isDeepStrictEqual(print, live.print)) return
      live.print = print
      // Its last batch may take a moment; nobody who waits for a reload needs it.
      void stop()
      if (endpoint === undefined) return
      const { OtlpExporter: Exporter } = await import('../telemetry/otlp-exporter.ts')
      live.exporter = new Exporter({ url: tracesUrl(endpoint), headers, version, log })
      tracing.configure({ sink: live.exporter, sampleRatio })
    },
  }
}

/** As OTEL_EXPORTER_OTLP_ENDPOINT is meant: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function tracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`
}

function given(
  headers: Readonly<Record<string, Secret | undefined>>,
): Readonly<Record<string, Secret>> {
  const all = Object.entries(headers)
  return Object.fromEntries(
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
