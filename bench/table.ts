/** The benchmark's table, as text that people and Markdown read alike. */
import type { Row } from './row.ts'

const HEADINGS = [
  'row',
  'unit',
  'gateway',
  'bare Node',
  'ratio',
  'gateway/s',
  'bare/s',
  'rate ratio',
  'goal',
]

export function tableOf(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(cellsOf)]
  const widths = HEADINGS.map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  )
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

function cellsOf({ name, unit, gateway, bare, gatewayRate, bareRate, goal }: Row): string[] {
  return [
    name,
    unit,
    inThreeDigits(gateway),
    inThreeDigits(bare),
    quotient(gateway, bare),
    rounded(gatewayRate),
    rounded(bareRate),
    quotient(gatewayRate, bareRate),
    goal ?? '',
  ]
}

function inThreeDigits(value: number | null): string {
  if (value === null) return ''
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}

function rounded(value: number | null): string {
  return value === null ? '' : Math.round(value).toLocaleString('en')
}

function quotient(value: number | null, by: number | null): string {
  return value === null || by === null ? '' : `${(value / by).toFixed(2)} ×`
}
