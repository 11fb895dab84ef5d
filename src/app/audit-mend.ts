/** Does what findings say may be done, and takes it back where anybody would get in by it who did not before. */
import { battery, gained, rightsOf } from '../audit/battery.ts'
import type { Finding } from '../audit/types.ts'
import type { Io } from '../cli/types.ts'
import { editConfig } from '../config/edit.ts'
import { parseKeyPath } from '../config/key-path.ts'
import { problemText } from '../config/problem.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { configHost } from '../host/config-host.ts'
import { hashPlainKeys } from '../storage/api-keys-file.ts'
import { randomBytes } from 'node:crypto'
import { apiKeyRules } from './api-key-rules.ts'
import { plainKeysIn } from './audit-keys.ts'
import { look, type Look } from './audit-look.ts'
import { repairAll, type Repaired, type RepairPorts } from './audit-repair.ts'
import { keepFiles } from './audit-undo.ts'

export interface Mended {
  readonly repaired: readonly Repaired[]
  /** As it is afterwards. */
  readonly after: Look
}

export async function mend(
  findings: readonly Finding[],
  { facts }: Look,
  io: Pick<Io, 'env'>,
): Promise<Mended> {
  const requests = battery(facts.config, await plainKeysIn(facts.config))
  const before = rightsOf(requests, facts)
  const kept = await keepFiles(findings, facts.configFile)
  const repaired = await repairAll(findings, portsFor(io))
  const again = () => look(io, undefined, facts.distrusted.files)
  const after = await again()
  const wrong = whyWrong(after, gained(before, rightsOf(requests, after.facts)), facts)
  if (wrong === null) return { repaired, after }
  const back = await kept.putBack()
  const told = back === null ? `taken back, since ${wrong}` : `${wrong}, and ${back}`
  return { repaired: repaired.map((one) => undone(one, told)), after: await again() }
}

function whyWrong(after: Look, more: number, before: Look['facts']): string | null {
  if (after.facts.unread.length > before.unread.length)
    return 'the configuration could not be read with it'
  return more === 0 ? null : `${more} made-up requests would be let in that were not before`
}

function undone({ checkId, what, done }: Repaired, told: string): Repaired {
  return { checkId, what: done ? `${what}: ${told}` : what, done: false }
}

function portsFor({ env }: Pick<Io, 'env'>): RepairPorts {
  return {
    hashKeys: (path) => hashPlainKeys(path, apiKeyRules(new Fingerprints(randomBytes(32)))),
    async set(key, value) {
      const path = parseKeyPath(key)
      if (path === null) throw new Error(`${key} is no key`)
      const edited = await editConfig({ variables: env, flags: {}, host: configHost(env) }, () => [
        { kind: 'set', path, value },
      ])
      if (edited.kind === 'refused') throw new Error(edited.problems.map(problemText).join('; '))
    },
  }
}
