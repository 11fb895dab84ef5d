/** The one place where the audit changes something: what a finding's repairs say, each narrower than before or refused. */
import type { Finding, Repair } from '../audit/types.ts'
import { messageOf } from '../core/errors.ts'
import { unreachable } from '../core/never.ts'
import { changeMode } from '../host/change-mode.ts'

export interface Repaired {
  readonly checkId: string
  /** In words: what was done, or why it was not. */
  readonly what: string
  readonly done: boolean
}

export interface RepairPorts {
  /** Plain keys of this file become digests; says how many. No copy with the keys in it is kept. */
  readonly hashKeys: (path: string) => Promise<number>
  /** Writes one setting of the config file; a backup is kept. */
  readonly set: (key: string, value: unknown) => Promise<void>
}

export async function repairAll(
  findings: readonly Finding[],
  ports: RepairPorts,
): Promise<readonly Repaired[]> {
  const done: Repaired[] = []
  for (const { checkId, repair } of inOrder(findings)) {
    try {
      done.push({ checkId, what: await apply(repair, ports), done: true })
    } catch (error) {
      done.push({ checkId, what: `${describe(repair)}: ${messageOf(error)}`, done: false })
    }
  }
  return done
}

interface Ordered {
  readonly checkId: string
  readonly repair: Repair
}

/** Each once, permissions first: what others may change is not read before they cannot. */
function inOrder(findings: readonly Finding[]): readonly Ordered[] {
  const all = findings.flatMap(({ checkId, repairs }) =>
    repairs.map((repair) => ({ checkId, repair })),
  )
  const once = new Map(all.toReversed().map((one) => [describe(one.repair), one]))
  return [...once.values()]
    .toReversed()
    .toSorted((a, b) => Number(a.repair.kind !== 'chmod') - Number(b.repair.kind !== 'chmod'))
}

async function apply(repair: Repair, ports: RepairPorts): Promise<string> {
  switch (repair.kind) {
    case 'chmod':
      await changeMode(repair.path, (mode) => mode & repair.mode)
      return describe(repair)
    case 'hash-api-keys': {
      const count = await ports.hashKeys(repair.path)
      return `${describe(repair)} (${count})`
    }
    case 'set':
      await ports.set(repair.key, repair.value)
      return describe(repair)
    default:
      return unreachable(repair)
  }
}

function describe(repair: Repair): string {
  switch (repair.kind) {
    case 'chmod':
      return `chmod ${repair.mode.toString(8)} ${repair.path}`
    case 'hash-api-keys':
      return `keys in ${repair.path} are kept as digests`
    case 'set':
      return `${repair.key} = ${JSON.stringify(repair.value)}`
    default:
      return unreachable(repair)
  }
}
