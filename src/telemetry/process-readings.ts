/** What the process costs, read when somebody scrapes. Nothing runs in between. */
import { readdirSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setImmediate as nextRound } from 'node:timers/promises'
import type { MetricKey } from './catalogue.ts'

export async function processReadings(): Promise<ReadonlyMap<MetricKey, number>> {
  const cpu = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  const began = performance.now()
  await nextRound()
  const lag = performance.now() - began
  const fds = openFiles()
  return new Map<MetricKey, number>([
    ['cpu', (cpu.user + cpu.system) / 1_000_000],
    ['memory', rss],
    ['heap', heapUsed],
    ['started', Math.round(performance.timeOrigin) / 1000],
    ['lag', lag / 1000],
    ['busy', performance.eventLoopUtilization().active / 1000],
    ...(fds === null ? [] : [['fds', fds] as const]),
  ])
}

function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}
