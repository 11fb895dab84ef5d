/** What the tests of this folder share: an entry, a head store in a file, an open record. For tests only. */
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRecord, type OpenRecord, type RecordOptions } from './append.ts'
import { number, object, text } from './shape.ts'
import type { HeadStore } from './head.ts'
import type { RequestEntry } from './types.ts'
import { verifyRecord, type Verification } from './verify.ts'

export const TEST_KEY = Buffer.alloc(32, 7)

const head = object({
  sequence: number,
  hash: text,
  firstSequence: number,
  firstPrevious: text,
  hmac: text,
})

/** A head store that survives `kill -9` of the process. */
export function fileHeads(path: string): HeadStore {
  return {
    load() {
      try {
        const saved: unknown = JSON.parse(readFileSync(path, 'utf8'))
        return head(saved) ? saved : null
      } catch {
        return null
      }
    },
    save(saved) {
      writeFileSync(`${path}.new`, JSON.stringify(saved))
      renameSync(`${path}.new`, path)
      return Promise.resolve()
    },
  }
}

export interface TestRecord {
  readonly dir: string
  readonly heads: HeadStore
  /** What was reported to the operator. */
  readonly reports: string[]
  /** `auth …` lines. */
  readonly printed: string[]
  open(changes?: Partial<RecordOptions>): Promise<OpenRecord>
  remove(): void
}

export function testRecord(
  root = mkdtempSync(join(tmpdir(), 'record-')),
  parts: Partial<RecordOptions> = {},
): TestRecord {
  const dir = join(root, 'records')
  const heads = parts.heads ?? fileHeads(join(root, 'head.json'))
  const reports: string[] = []
  const printed: string[] = []
  return {
    dir,
    heads,
    reports,
    printed,
    open: (changes = {}) =>
      openRecord({
        dir,
        heads,
        key: TEST_KEY,
        maxBytes: 64 * 1024 * 1024,
        clock: () => Date.now(),
        scrub: (json) => json,
        report: (level, message) => reports.push(`${level}: ${message}`),
        print: (line) => printed.push(line),
        ...parts,
        ...changes,
      }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export function verifyTest({ dir, heads }: TestRecord): Promise<Verification> {
  return verifyRecord({ dir, key: TEST_KEY, loadHead: () => heads.load() })
}

/** All files in their order. */
export function recordText({ dir }: TestRecord): string {
  return readdirSync(dir)
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('')
}

export function requestEntry(requestId: string, changes: Partial<RequestEntry> = {}): RequestEntry {
  return {
    requestId,
    at: Date.now(),
    surface: 'http',
    operation: 'whoami',
    peer: '127.0.0.1',
    client: '203.0.113.9',
    forwarding: ['x-forwarded-for'],
    host: '127.0.0.1',
    origin: null,
    outcome: 'allowed',
    principal: 'shared:token',
    method: 'token',
    fingerprint: 'sha256:01234567',
    code: null,
    failures: [],
    trace: [],
    ...changes,
  }
}

/** A request with a wrong token, as the server records it. */
export function refusedEntry(requestId: string, changes: Partial<RequestEntry> = {}): RequestEntry {
  return requestEntry(requestId, {
    outcome: 'refused',
    principal: null,
    method: null,
    fingerprint: 'hmac:89abcdef',
    code: 'token_mismatch',
    failures: [{ class: 'shared', reason: 'token_mismatch', fingerprint: 'hmac:89abcdef' }],
    trace: [
      { step: 'local', verdict: 'abstain', reason: null, detail: 'the request was forwarded' },
      {
        step: 'token',
        verdict: 'reject',
        reason: 'token_mismatch',
        detail: 'authorization, hmac:89abcdef',
      },
    ],
    ...changes,
  })
}
