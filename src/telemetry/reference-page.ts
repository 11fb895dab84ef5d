/** The reference page of the metrics, made from their table so that it never lags behind. */
import { METRICS, type Metric } from './catalogue.ts'

const INTRODUCTION = `# Metrics

Made from the code by \`npm run docs\`. How to scrape them: [metrics.md](../metrics.md). Labels hold words of the gateway
alone, so that nobody can make series by making up names; who did what is in the record.
`

export function metricsReference(): string {
  const rows = Object.values<Metric>(METRICS).map(({ name, type, help, labels }) => {
    const words = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`)
    return `| \`${name}\` | ${type} | ${help} | ${words.join('<br>') || '–'} |`
  })
  return [
    INTRODUCTION,
    '| metric | type | what it says | labels |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
