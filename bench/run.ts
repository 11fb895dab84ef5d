/**
 * `npm run bench [-- --only ROW] [-- --json]`: what the gateway costs beside bare Node, in one run.
 *
 * `--only` takes the beginning of a row's name and may be given once. Linux only: CPU time and memory
 * come from `/proc`.
 */
import { existsSync } from 'node:fs'
import { DECISION_NAMES, decisionRows } from './decisions.ts'
import { ENTRY, argumentOf } from './gateway.ts'
import type { Row } from './row.ts'
import { DEVICE_NAMES, deviceRows } from './rows-devices.ts'
import { HTTP_NAMES, httpRows } from './rows-http.ts'
import { PROCESS_NAMES, processRows } from './rows-process.ts'
import { TRACKED_NAMES, trackedRows } from './rows-tracked.ts'
import { WS_NAMES, wsRows } from './rows-ws.ts'
import { tableOf } from './table.ts'

interface Group {
  readonly names: readonly string[]
  readonly run: (wanted: (name: string) => boolean) => Promise<readonly Row[]> | readonly Row[]
}

/** To add a row: put it into the table of its group. */
const GROUPS: readonly Group[] = [
  { names: PROCESS_NAMES, run: processRows },
  { names: HTTP_NAMES, run: httpRows },
  { names: WS_NAMES, run: wsRows },
  { names: DEVICE_NAMES, run: deviceRows },
  { names: TRACKED_NAMES, run: trackedRows },
  { names: DECISION_NAMES, run: decisionRows },
]

async function main(): Promise<number> {
  const only = argumentOf('--only') ?? ''
  const wanted = (name: string) => name.startsWith(only)
  const groups = GROUPS.filter(({ names }) => names.some(wanted))
  const obstacle = obstacleTo(groups, only)
  if (obstacle !== null) {
    console.error(`bench: ${obstacle}`)
    return 1
  }
  const rows: Row[] = []
  for (const { names, run } of groups) {
    console.error(`measuring ${names.filter(wanted).join(', ')} …`)
    rows.push(...(await run(wanted)))
  }
  console.log(process.argv.includes('--json') ? JSON.stringify(rows, null, 2) : tableOf(rows))
  return 0
}

function obstacleTo(groups: readonly Group[], only: string): string | null {
  if (!existsSync('/proc/self/stat')) return 'needs Linux: CPU time is read from /proc'
  if (!existsSync(ENTRY)) return `${ENTRY} is missing: run \`npm run build\``
  if (groups.length > 0) return null
  const names = GROUPS.flatMap((group) => group.names)
  return `no row begins with "${only}"; there are ${names.join(', ')}`
}

process.exitCode = await main()
