/** The one place where the doctor changes something; what could let anybody new in is not done. */
import { lstat, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Io } from '../cli/types.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { unreachable } from '../core/never.ts'
import type { Finding, Repair } from '../doctor/types.ts'
import { acquireGatewayLock } from '../host/gateway-lock.ts'
import { Aside } from '../recover/aside.ts'
import type { Repaired } from './audit-repair.ts'
import { auditState } from './command-audit.ts'
import { moveConfig, nameKeys } from './doctor-config-repair.ts'

export interface RepairRequest {
  readonly io: Io
  readonly stateDir: string
  /** A question for the owner; false where nobody can be asked. */
  readonly ask: (question: string) => Promise<boolean>
}

export async function repairFindings(
  findings: readonly Finding[],
  request: RepairRequest,
): Promise<readonly Repaired[]> {
  const all: Repaired[] = []
  for (const { checkId, repairs } of findings)
    for (const repair of repairs) all.push(...(await attempt(checkId, repair, request)))
  return all
}

async function attempt(
  checkId: string,
  repair: Repair,
  request: RepairRequest,
): Promise<readonly Repaired[]> {
  if (repair.kind === 'audit')
    return (await auditState({ deep: false, fix: true }, request.io)).repaired
  try {
    return [{ checkId, what: await apply(repair, request), done: true }]
  } catch (error) {
    return [{ checkId, what: messageOf(error), done: false }]
  }
}

/** Resolves to what was done, in words; rejects with why not. */
async function apply(
  repair: Exclude<Repair, { kind: 'audit' }>,
  { io, stateDir, ask }: RepairRequest,
): Promise<string> {
  switch (repair.kind) {
    case 'name-keys':
      return nameKeys(repair.file, io)
    case 'move-config': {
      const { from, to } = repair
      const question = `Write ${to} and keep ${basename(from)} as a backup?`
      if (!(await ask(question)))
        throw new Error(`${from} stays as it is: nobody agreed to move it (--yes does)`)
      return moveConfig({ from, to }, io)
    }
    case 'delete':
      await deleteFile(repair.path)
      return `${repair.path} deleted`
    case 'move-aside': {
      const aside = new Aside(stateDir, systemClock())
      await aside.move(repair.path)
      return `${repair.path} moved to ${aside.take().join()}`
    }
    case 'forget-gateway': {
      // Whoever takes the lock removes what the last holder said.
      const lock = acquireGatewayLock(repair.stateDir)
      if (lock.kind !== 'held') throw new Error('a gateway runs now: nothing to forget')
      lock.release()
      return 'gateway.json of a gateway that is gone removed'
    }
    default:
      return unreachable(repair)
  }
}

/** Looked at again: never what a link leads to, nor a folder. */
async function deleteFile(path: string): Promise<void> {
  const stats = await lstat(path)
  if (!stats.isFile()) throw new Error(`${path} is no file any more`)
  await unlink(path)
}
