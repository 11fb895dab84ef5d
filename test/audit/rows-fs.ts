/** States for the checks of the family `fs`. */
import type { AuditState, CheckRow } from './scene.fixture.ts'

/** By the subject in the ids: the path that is meant, and a state in which it is there. */
const SUBJECTS: readonly (readonly [string, string, AuditState])[] = [
  ['state_dir', '.', {}],
  ['config', 'openclaw.json', {}],
  ['environment', '.env', { files: { '.env': 'A=b' } }],
  ['credentials', 'credentials/x.json', { files: { 'credentials/x.json': '{}' } }],
  ['secrets', '.secrets', { files: { '.secrets': 'x' } }],
  [
    'api_keys',
    'auth/api_keys.json',
    {
      config: { security: { apiKeys: { enabled: true } } },
      files: { 'auth/api_keys.json': '{"keys":[]}' },
    },
  ],
  ['store', 'store.sqlite', { approvals: [] }],
  ['record', 'records/x.jsonl', { files: { 'records/x.jsonl': '' } }],
]
const BITS = {
  world_writable: 0o002,
  group_writable: 0o020,
  world_readable: 0o004,
  group_readable: 0o040,
} as const

/** root's group is its private one where nobody else is in it: the group of another does. */
const GROUP = { group_writable: true, group_readable: true } as const

const PERMISSIONS = SUBJECTS.flatMap(([subject, path, state]) =>
  Object.entries(BITS).map(([name, bits]): readonly [string, CheckRow] => {
    const own = path === '.' ? 0o700 : 0o600
    const mode = own | bits
    const row: CheckRow = {
      wrong: {
        ...state,
        modes: { [path]: mode },
        ...(name in GROUP && { groups: { [path]: 12 } }),
      },
      right: { ...state, modes: { [path]: own }, ...(name in GROUP && { groups: { [path]: 12 } }) },
      says: new RegExp(`has mode 0${mode.toString(8)}`),
      ...(name in GROUP && { needsRoot: true as const }),
    }
    return [`fs.${subject}.perms_${name}`, row]
  }),
)

const OUTSIDE = {
  inside: 'state',
  files: { '../etc/openclaw.json': '{}' },
  env: { OPENCLAW_CONFIG_PATH: '{top}/etc/openclaw.json' },
}

export const FS_ROWS: Readonly<Record<string, CheckRow>> = {
  ...Object.fromEntries(PERMISSIONS),
  'fs.state_dir.missing': {
    wrong: { env: { OPENCLAW_STATE_DIR: '{top}/typo' } },
    right: {},
    says: /typo is not there/,
  },
  'fs.outside_dir.writable_by_others': {
    wrong: { ...OUTSIDE, modes: { '../etc': 0o777 } },
    right: { ...OUTSIDE, modes: { '../etc': 0o1777 } },
    says: /\/etc has mode 0777/,
  },
  'fs.owned_by_other': {
    wrong: { owners: { 'openclaw.json': 65_534 } },
    right: { owners: { 'openclaw.json': 0 } },
    says: /openclaw.json belongs to uid 65534/,
    needsRoot: true,
  },
  'fs.symlink_leads_out': {
    wrong: { links: { workspace: '/usr' } },
    right: { files: { 'elsewhere/x': '' }, links: { workspace: 'elsewhere' } },
    says: /workspace leads to .usr/,
  },
  'fs.state_dir.synced': {
    wrong: { inside: 'Dropbox/openclaw' },
    right: { inside: 'Desktop/openclaw' },
    says: /Dropbox/,
  },
  'fs.state_dir.in_work_tree': {
    wrong: { inside: 'project/openclaw', beside: ['.git'] },
    right: { inside: 'project/openclaw', beside: ['.hg'] },
    says: /is inside/,
  },
}
