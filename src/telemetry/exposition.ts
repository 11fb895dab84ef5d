/** Writes metrics as Prometheus reads them: the text format, version 0.0.4. */
import type { Metric } from './catalogue.ts'
import type { Sample } from './series.ts'

export function exposition(
  families: Iterable<readonly [metric: Metric, samples: readonly Sample[]]>,
): string {
  return [...families].map(([metric, samples]) => family(metric, samples)).join('')
}

function family({ name, type, help }: Metric, samples: readonly Sample[]): string {
  const lines = samples.map(
    ({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}\n`,
  )
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: readonly string[]): string {
  if (labels.length === 0) return ''
  const pairs = labels.flatMap((label, index) =>
    index % 2 === 0
      ? [`${label}="${escaped(labels[index + 1] ?? '').replaceAll('"', '\\"')}"`]
      : [],
  )
  return `{${pairs.join(',')}}`
}

/** A backslash and a line feed are the two characters that would end a line or change it. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
