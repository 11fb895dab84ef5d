/** Who else may read or change the files that decide who gets in: one rule over a table of what the files are. */
import type { AuditFacts, Check, FileFact, FileRole, Found, Severity } from '../../types.ts'
import {
  chmodCommand,
  chmodRepair,
  GROUP_READ,
  GROUP_WRITE,
  has,
  judged,
  mayNameProgram,
  octal,
  WORLD_READ,
  WORLD_WRITE,
} from './bits.ts'

interface Subject {
  /** As in the ids. */
  readonly name: string
  readonly roles: readonly FileRole[]
  /** In words, behind "can read" and "can change". */
  readonly words: string
  readonly whenRead: string
  /** How bad it is when others can read it. */
  readonly reading: Severity
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'state_dir',
    roles: ['state-dir'],
    words: 'the state dir',
    whenRead: 'The names in it tell who is paired and who writes.',
    reading: 'warning',
  },
  {
    name: 'config',
    roles: ['config'],
    words: 'the configuration',
    whenRead: 'It holds the token, and the tokens of chat networks.',
    reading: 'critical',
  },
  {
    name: 'environment',
    roles: ['environment'],
    words: 'the file .env',
    whenRead: 'It holds the token and the keys of models.',
    reading: 'critical',
  },
  {
    name: 'credentials',
    roles: ['credentials'],
    words: 'credentials',
    whenRead: 'They open accounts on other services in your name.',
    reading: 'critical',
  },
  {
    name: 'secrets',
    roles: ['secrets'],
    words: 'the file of secrets',
    whenRead: 'In plain text it is all of them; encrypted, it can be tried at leisure.',
    reading: 'critical',
  },
  {
    name: 'api_keys',
    roles: ['api-keys'],
    words: 'the file of API keys',
    whenRead: 'In plain text it is the keys themselves.',
    reading: 'critical',
  },
  {
    name: 'store',
    roles: ['store'],
    words: 'the store',
    whenRead: 'It holds every conversation, and what devices and people were approved.',
    reading: 'critical',
  },
  {
    name: 'record',
    roles: ['record'],
    words: 'the record',
    whenRead: 'It says who came from where, and when.',
    reading: 'warning',
  },
]

interface Access {
  readonly name: 'world_writable' | 'group_writable' | 'world_readable' | 'group_readable'
  readonly bits: number
  /** Without which on a folder above nobody of them gets as far. */
  readonly passes: number
  readonly who: string
  readonly does: 'change' | 'read'
}

const ACCESS: readonly Access[] = [
  {
    name: 'world_writable',
    bits: WORLD_WRITE,
    passes: 0o001,
    who: 'Everybody on this machine',
    does: 'change',
  },
  {
    name: 'group_writable',
    bits: GROUP_WRITE,
    passes: 0o010,
    who: 'A group of users',
    does: 'change',
  },
  {
    name: 'world_readable',
    bits: WORLD_READ,
    passes: 0o001,
    who: 'Everybody on this machine',
    does: 'read',
  },
  {
    name: 'group_readable',
    bits: GROUP_READ,
    passes: 0o010,
    who: 'A group of users',
    does: 'read',
  },
]

export const PERMISSIONS: readonly Check[] = SUBJECTS.flatMap((subject) =>
  ACCESS.map((access) => permissionCheck(subject, access)),
)

function permissionCheck(subject: Subject, access: Access): Check {
  const severity = severityOf(subject, access)
  const why =
    access.does === 'change'
      ? 'Whoever can replace a file of the gateway can let themselves in (S1, SPEC 1).'
      : `${subject.whenRead} (S1)`
  return {
    id: `fs.${subject.name}.perms_${access.name}`,
    severity,
    title: `${access.who} can ${access.does} ${subject.words}`,
    why: `${why} One degree less where a folder above shuts them out.`,
    find: (facts) => findingFor(subject, access, facts),
  }
}

function severityOf({ reading }: Subject, { does, name }: Access): Severity {
  if (does === 'change') return 'critical'
  return name === 'group_readable' ? 'warning' : reading
}

function findingFor(subject: Subject, access: Access, facts: AuditFacts): readonly Found[] {
  const open = facts.files.filter(
    (file) => subject.roles.includes(file.role) && isOpenTo(file, access),
  )
  const [first] = open
  if (first === undefined) return []
  const shut = open.every((file) => isShut(file, access, facts.files))
  const severity = severityOf(subject, access)
  const more = open.length === 1 ? '' : `, and ${open.length - 1} more like it`
  const tail = shut ? ' (a folder above shuts them out)' : ''
  return [
    {
      severity: shut ? milder(severity) : severity,
      detail: `${first.path} has mode ${octal(judged(first).mode)}${more}${tail}`,
      fix: fixFor(open, first, facts),
      repairs: open.flatMap((file) => chmodRepair(file, facts)),
    },
  ]
}

function fixFor(open: readonly FileFact[], first: FileFact, facts: AuditFacts): string {
  const suspect = open.find((file) => mayNameProgram(file, facts))
  if (suspect !== undefined)
    return `Look at what is in it: it may name a program. Then: ${chmodCommand(suspect)}`
  return open.length === 1 ? chmodCommand(first) : 'openclaw security audit --fix'
}

/** A group of its owner alone is no group of others. */
function isOpenTo(file: FileFact, { bits, name }: Access): boolean {
  const { kind, privateGroup, mode } = judged(file)
  const ofGroup = name === 'group_writable' || name === 'group_readable'
  return kind !== 'symlink' && has({ mode }, bits) && !(ofGroup && privateGroup)
}

/** Of the folders that were looked at: what is above the state dir is not the gateway's. */
function isShut(file: FileFact, { passes }: Access, files: readonly FileFact[]): boolean {
  const { path } = judged(file)
  return files.some(
    (folder) =>
      folder.kind === 'folder' && path.startsWith(`${folder.path}/`) && !has(folder, passes),
  )
}

function milder(severity: Severity): Severity {
  return severity === 'critical' ? 'warning' : 'info'
}
