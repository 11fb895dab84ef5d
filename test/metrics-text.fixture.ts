/** For tests: reads what `/metrics` answers, and asks `promtool` what it thinks of it. */
import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { bearer, REMOTE, TOKEN, type RunningGateway } from './gateway.ts'

export const PROMTOOL = spawnSync('promtool', ['--version']).error === undefined

/** Every series by its name and labels as they are written. */
export type Series = ReadonlyMap<string, number>

export async function scrape(gateway: RunningGateway): Promise<{ text: string; series: Series }> {
  const { status, text } = await gateway.ask({
    path: '/metrics',
    headers: { ...bearer(TOKEN), ...REMOTE },
  })
  expect(status).toBe(200)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const series = lines.map((line) => {
    const at = line.lastIndexOf(' ')
    return [line.slice(0, at), Number(line.slice(at + 1))] as const
  })
  return { text, series: new Map(series) }
}

/** The names of the metrics, as `# TYPE` lines have them, with their types. */
export function typesIn(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/^# TYPE (\S+) (\S+)$/gm)
  return new Map([...found].map(([, name = '', type = '']) => [name, type]))
}

/** The sum of all series of a name whose labels have these. */
export function total(series: Series, name: string, labels: Readonly<Record<string, string>> = {}) {
  const words = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return [...series].reduce((sum, [key, value]) => {
    const own = key === name || key.startsWith(`${name}{`)
    return own && words.every((word) => key.includes(word)) ? sum + value : sum
  }, 0)
}

/** What `promtool` prints: nothing when there is nothing to say. */
export function promtool(args: readonly string[], input = ''): { code: number; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { code: status ?? -1, said: `${stdout}${stderr}` }
}
