/** For tests: a change that waits to be undone, whole and damaged, in a state dir that a gateway has lived in. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from '../src/config/pending-change.ts'
import { TOKEN } from './gateway.ts'
import type { State } from './recover-states.fixture.ts'
import { CONFIG } from './recover.fixture.ts'

const HOUR_MS = 3_600_000
export const KEY = 'security.session.maxConcurrent'
/** `CONFIG` with a change in it. */
export const CHANGED = CONFIG.replace('maxConcurrent: 7', 'maxConcurrent: 9')

export const put = (dir: string, name: string, content: string | Buffer): void =>
  writeFileSync(join(dir, name), content, { mode: 0o600 })

/** Beside `openclaw.json`, as a gateway writes it; `after` is the text that the change made. */
export function pendingText({
  before = CONFIG,
  after = CHANGED,
  undoAt = Date.now() - HOUR_MS,
}: {
  readonly before?: string | null
  readonly after?: string
  readonly undoAt?: number
} = {}): string {
  const since = undoAt - 60_000
  return JSON.stringify({
    keys: [KEY],
    by: 'owner:owner',
    since,
    undoAt,
    before,
    after: digestOf(after),
  })
}

/** The change is made, and `pending` waits beside it. */
export function changed(dir: string, pending: string | Buffer = pendingText()): void {
  put(dir, 'openclaw.json', CHANGED)
  put(dir, 'openclaw.json.pending', pending)
}

/** By a change; who was revoked is lost with the store. */
function pairingClosed(dir: string, undoAt?: number): void {
  const before = CONFIG.replace('session:', 'autoApprove: true, session:')
  put(dir, 'openclaw.json', CONFIG)
  put(
    dir,
    'openclaw.json.pending',
    pendingText({ before, after: CONFIG, ...(undoAt === undefined ? {} : { undoAt }) }),
  )
  put(dir, 'store.sqlite', 'no database')
}

export const inAnHour = (): number => Date.now() + HOUR_MS
const STAYS = /nothing is undone, and the configuration stays as it is/
const stays = (why: string): RegExp => new RegExp(`${why}.* -> moved aside; ${STAYS.source}`)
const NINE = /maxConcurrent: 9 }, \/\/ kept/
const SEVEN = /maxConcurrent: 7 }, \/\/ kept/
/** Keys and who made it. */
const CHANGE = `a change of ${KEY.replaceAll('.', '\\.')} by owner:owner, made `
const CONFIG_GONE = ['token', 'setting', 'apiKey'] as const

export const CHANGE_STATES: Readonly<Record<string, State>> = {
  'a change that nobody confirmed in time': {
    spoil: (dir) => changed(dir),
    says: new RegExp(`repaired  change: ${CHANGE}.* nobody confirmed until .* -> undone`),
    config: SEVEN,
    aside: /maxConcurrent: 9[^]*openclaw\.json\.pending/,
  },
  'a change that still waits': {
    spoil: (dir) => changed(dir, pendingText({ undoAt: inAnHour() })),
    says: new RegExp(`note      change: ${CHANGE}.* The gateway undoes it then`),
    config: NINE,
    loses: ['setting'],
    harmless: true,
  },
  'a change that would wait for longer than any may': {
    spoil: (dir) => changed(dir, pendingText({ undoAt: Date.now() + 40 * 24 * HOUR_MS })),
    says: /nobody confirmed until .* -> undone/,
    config: SEVEN,
  },
  'a change that still waits, and a start refuses what it made': {
    spoil(dir) {
      const bad = CHANGED.replace('port: 0', 'port: 0, bnid: "lan"')
      put(dir, 'openclaw.json', bad)
      put(dir, 'openclaw.json.pending', pendingText({ after: bad, undoAt: inAnHour() }))
    },
    says: /and this cannot wait for it: .*bnid.* -> undone/,
    config: SEVEN,
    configNot: /bnid/,
    aside: /bnid/,
  },
  'a change that still waits, and a start refuses either text': {
    spoil(dir) {
      const bad = (text: string): string => text.replace('port: 0', 'port: 0, bnid: "lan"')
      const [before, after] = [bad(CONFIG), bad(CHANGED)]
      put(dir, 'openclaw.json', after)
      put(dir, 'openclaw.json.pending', pendingText({ before, after, undoAt: inAnHour() }))
    },
    says: / -> undone[^]*repaired  config: .*bnid.* moved aside/,
    config: SEVEN,
    configNot: /bnid/,
  },
  'a change that closed pairing still waits, and the store is damaged': {
    spoil: (dir) => pairingClosed(dir, inAnHour()),
    says: /and this cannot wait for it: store\.sqlite is damaged.* -> undone/,
    loses: ['messages', 'device'],
    config: /autoApprove: false/,
    configNot: /autoApprove: true/,
  },
  'a change that closed pairing, two configurations, and the store is damaged': {
    spoil(dir) {
      pairingClosed(dir)
      put(dir, 'gateway.yaml', 'gateway:\n  bind: nonsense\n')
    },
    says: /gateway\.yaml stands beside[^]* -> undone[^]*store\.sqlite is damaged/,
    loses: ['messages', 'device'],
    config: /autoApprove: false/,
    configNot: /autoApprove: true/,
  },
  'a change whose text of before cannot be read': {
    spoil: (dir) => changed(dir, pendingText({ before: '{ broken' })),
    says: stays('a start would refuse the text of before: '),
    config: NINE,
    aside: /\{ broken/,
    loses: ['setting'],
  },
  'a change from no configuration at all': {
    spoil: (dir) => changed(dir, pendingText({ before: null })),
    says: / -> undone[^]*repaired  token: no gateway token is configured/,
    loses: CONFIG_GONE,
    aside: NINE,
  },
  'a change that never reached the configuration': {
    spoil: (dir) => put(dir, 'openclaw.json.pending', pendingText()),
    says: /never reached the configuration -> moved aside: there is nothing to undo/,
    config: SEVEN,
  },
  'a change, and the configuration was broken since': {
    spoil(dir) {
      changed(dir)
      put(dir, 'openclaw.json', CHANGED.slice(0, -4))
    },
    says: new RegExp(`${CHANGE}.*was changed since -> moved aside[^]*cannot be understood`),
    loses: CONFIG_GONE,
    config: /"allowLocalDirect": false/,
    aside: new RegExp(TOKEN),
  },
  'a change, and the configuration is gone': {
    spoil(dir) {
      put(dir, 'openclaw.json.pending', pendingText())
      put(dir, 'openclaw.json', '')
    },
    says: /was changed since -> moved aside[^]*is empty/,
    loses: CONFIG_GONE,
  },
  'a change, and two configurations': {
    spoil(dir) {
      changed(dir)
      put(dir, 'gateway.yaml', 'gateway:\n  bind: nonsense\n')
      put(dir, 'gateway.yaml.pending', pendingText({ before: 'gateway: {}\n' }))
    },
    says: /gateway\.yaml stands beside[^]* -> undone/,
    config: SEVEN,
    aside: /gateway\.yaml\.pending/,
  },

  // What is kept for the undo.
  'half of what a change is undone by': {
    spoil: (dir) => changed(dir, pendingText().slice(0, 300)),
    says: stays('repaired  change: openclaw\\.json\\.pending is none of ours'),
    config: NINE,
    loses: ['setting'],
    aside: new RegExp(TOKEN),
  },
  'a time that is none': {
    spoil: (dir) => changed(dir, pendingText().replace(/"undoAt":\d+/, '"undoAt":1e300')),
    says: stays('openclaw\\.json\\.pending is none of ours'),
    loses: ['setting'],
  },
  'what a change is undone by is no text': {
    spoil: (dir) => changed(dir, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
    says: stays('openclaw\\.json\\.pending is not UTF-8 text'),
    loses: ['setting'],
  },
  'what a change is undone by is huge': {
    spoil: (dir) => changed(dir, Buffer.alloc(5 * 1024 * 1024, ' ')),
    says: stays('openclaw\\.json\\.pending is larger than 4 MiB'),
    loses: ['setting'],
  },
  'what a change is undone by is a pipe': {
    spoil(dir) {
      put(dir, 'openclaw.json', CHANGED)
      execFileSync('mkfifo', ['-m', '600', join(dir, 'openclaw.json.pending')])
    },
    says: stays('openclaw\\.json\\.pending is not a file'),
    loses: ['setting'],
  },
  'what a change is undone by is a folder': {
    spoil(dir) {
      put(dir, 'openclaw.json', CHANGED)
      mkdirSync(join(dir, 'openclaw.json.pending'))
      put(dir, 'openclaw.json.pending/kept', 'kept')
    },
    says: stays('openclaw\\.json\\.pending is not a file'),
    loses: ['setting'],
    aside: /openclaw\.json\.pending\/kept/,
  },
  'what a change is undone by is a link to somebody’s file': {
    spoil(dir) {
      put(dir, 'openclaw.json', CHANGED)
      put(dir, 'elsewhere', pendingText())
      chmodSync(join(dir, 'elsewhere'), 0o666)
      symlinkSync('elsewhere', join(dir, 'openclaw.json.pending'))
    },
    says: stays('openclaw\\.json\\.pending is a symbolic link'),
    loses: ['setting'],
  },
  'what a change is undone by is a link to nothing': {
    spoil(dir) {
      put(dir, 'openclaw.json', CHANGED)
      symlinkSync('/nowhere/at/all', join(dir, 'openclaw.json.pending'))
    },
    says: stays('openclaw\\.json\\.pending is a symbolic link'),
    loses: ['setting'],
  },
  'what a change is undone by is another user’s': {
    spoil(dir) {
      changed(dir)
      chownSync(join(dir, 'openclaw.json.pending'), 65_534, 65_534)
    },
    says: stays('openclaw\\.json\\.pending belongs to another user'),
    loses: ['setting'],
    onlyRoot: true,
  },
  'what a change is undone by could be written by everybody': {
    spoil(dir) {
      changed(dir)
      chmodSync(join(dir, 'openclaw.json.pending'), 0o666)
    },
    says: /has mode 0666 -> now 0600, and moved aside: others could have written a configuration/,
    config: NINE,
    loses: ['setting'],
  },
  'what a change is undone by can be read by everybody': {
    spoil(dir) {
      changed(dir)
      chmodSync(join(dir, 'openclaw.json.pending'), 0o644)
    },
    says: /openclaw\.json\.pending has mode 0644 -> now 0600[^]* -> undone/,
    config: SEVEN,
  },
}
