/** The machine as the audit reads it: also files that a start refuses, since judging them is what it is for. Nothing that they say is done. */
import type { ConfigHost, FileRead } from '../config/host-port.ts'
import { locate } from '../config/locate.ts'
import { secretPaths } from '../config/secret-files.ts'
import type { Io } from '../cli/types.ts'
import { configHost } from '../host/config-host.ts'
import { readAnyFile, readPrivateFile } from '../host/permissions.ts'

/** Of one look: settings that somebody else could have written, and whether a program is named in them or beside them. */
export interface Distrusted {
  readonly files: readonly string[]
  readonly program: boolean
}

export interface AuditHost {
  readonly host: ConfigHost
  /** So far. */
  readonly distrusted: () => Distrusted
}

/** `before`: files that were found so by a look before this one, whatever they are like now. */
export function auditHost(env: Io['env'], before: readonly string[] = []): AuditHost {
  const own = configHost(env)
  const settings = settingsFiles(env, own.home)
  const files = new Set(before)
  const state = { program: false }
  const host: ConfigHost = {
    ...own,
    async read(path) {
      const judged = await readPrivateFile(path)
      if (judged.kind !== 'refused') return judged
      const read = await readAnyFile(path)
      if (read.kind === 'text' && settings.has(path)) files.add(path)
      return read.kind === 'refused' ? unreadable(read) : read
    },
    async run(command, variables) {
      const [first] = files
      if (first === undefined) return own.run(command, variables)
      state.program = true
      return { kind: 'failed', why: `the program is not run: others can write ${first}` }
    },
  }
  return { host, distrusted: () => ({ files: [...files], program: state.program }) }
}

/** Those that can name a program, or a file that is taken for one of ours. */
function settingsFiles(env: Io['env'], home: string): ReadonlySet<string> {
  const located = locate({ variables: env, home, path: undefined })
  if (located.kind === 'refused') return new Set()
  const { file, dotenv, stateDir } = located.location
  return new Set([file, dotenv, secretPaths(stateDir).plain])
}

function unreadable(read: Extract<FileRead, { kind: 'refused' }>): FileRead {
  if (!read.why.startsWith('cannot be read')) return read
  return { ...read, fix: 'Run the audit as the user whose gateway it is' }
}
