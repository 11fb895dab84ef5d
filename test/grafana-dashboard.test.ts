/** The dashboard in `deploy/grafana/`: every metric and label that it names is in a real answer, and none is left out. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { METRICS, type Metric } from '../src/telemetry/catalogue.ts'
import { makeStateDir, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { promtool, PROMTOOL, scrape, typesIn, type Series } from './metrics-text.fixture.ts'

const FILE = join(import.meta.dirname, '../deploy/grafana/openclaw-gateway.json')
const dashboard = z
  .object({
    templating: z.object({ list: z.array(z.object({ definition: z.string().optional() })) }),
    panels: z.array(
      z.object({
        title: z.string(),
        targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(FILE, 'utf8')))
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
)
const variables = dashboard.templating.list.flatMap(({ definition = '' }) => definition)

const namesIn = (text: string): readonly string[] => [
  ...new Set(text.match(/\b(?:openclaw|process|nodejs)_[a-z_]+/g)),
]
/** In braces, after `by`, and in legends; `le` is the bound of a histogram, the other two are Prometheus's own. */
const labelsIn = ({ expr, legend }: { expr: string; legend: string }): readonly string[] => {
  const selected = [...expr.matchAll(/[{,](\w+)=/g)].map(([, label = '']) => label)
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '))
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
  return [...selected, ...grouped, ...shown].filter(
    (label) => !['job', 'instance', 'le'].includes(label),
  )
}

const at = { gateway: {} as RunningGateway, series: new Map() as Series, text: '' }

beforeAll(async () => {
  at.gateway = await startGateway({ config: { gateway: { auth: { token: TOKEN } } } })
  await scrape(at.gateway)
  Object.assign(at, await scrape(at.gateway))
})
afterAll(() => at.gateway.stop())

const familyOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '')
const isThere = (name: string): boolean => {
  const types = typesIn(at.text)
  return types.has(name)
    ? types.get(name) !== 'histogram'
    : types.get(familyOf(name)) === 'histogram'
}

describe('the dashboard', () => {
  it('names only metrics that the gateway has', () => {
    expect(queries.length).toBeGreaterThan(30)
    const wrong = [...queries.map(({ expr }) => expr), ...variables].flatMap((text) =>
      namesIn(text).filter((name) => !isThere(name)),
    )
    expect(wrong).toEqual([])
    expect(isThere('openclaw_no_such_thing')).toBe(false)
  })

  it('names only labels that those metrics have', () => {
    const wrong = queries.flatMap(({ title, expr, legend }) => {
      const metrics = Object.values<Metric>(METRICS).filter(({ name }) =>
        namesIn(expr).some((one) => one === name || familyOf(one) === name),
      )
      const known = new Set(metrics.flatMap(({ labels }) => Object.keys(labels)))
      return labelsIn({ expr, legend })
        .filter((label) => !known.has(label))
        .map((label) => `${title}: ${label}`)
    })
    expect(wrong).toEqual([])
  })

  it('shows every metric that there is', () => {
    const shown = new Set(
      queries.flatMap(({ expr }) => namesIn(expr).flatMap((one) => [one, familyOf(one)])),
    )
    const left = Object.values<Metric>(METRICS).filter(({ name }) => !shown.has(name))
    expect(left.map(({ name }) => name)).toEqual([])
  })

  const suite = PROMTOOL ? 'asks in words that Prometheus understands' : 'skipped: needs promtool'
  it.skipIf(!PROMTOOL)(suite, () => {
    const { code, said } = checkQueries(queries.map(({ expr }) => expr))
    expect(code, said).toBe(0)
    expect(checkQueries(['sum(rate(openclaw_runs_total)']).code).not.toBe(0)
  })
})

describe('docs/metrics.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8')
  const conditions = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, expr = '']) => expr)

  it('watches only metrics that the gateway has', () => {
    expect(conditions.length).toBeGreaterThan(5)
    expect(conditions.flatMap(namesIn).filter((name) => !isThere(name))).toEqual([])
  })

  const suite = PROMTOOL ? 'in words that Prometheus understands' : 'skipped: needs promtool'
  it.skipIf(!PROMTOOL)(suite, () => {
    const { code, said } = checkQueries(conditions)
    expect(code, said).toBe(0)
  })
})

/** As recording rules, since those `promtool` parses. */
function checkQueries(exprs: readonly string[]) {
  const dir = makeStateDir({})
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const rules = exprs.map((expr, index) => ({
    record: `panel:query:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }))
  const file = join(dir, 'rules.yml')
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
  return promtool(['check', 'rules', file])
}
