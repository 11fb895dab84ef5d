/** Lines of the record for people: when, what, who, from where. */
import { counted } from '../core/counted.ts'
import { jsonText, line, localTime } from './output.ts'
import type { RecordLine } from './parts.ts'
import type { Io } from './types.ts'

/** One line an entry; with `--json` one object a line, so that it can be followed. */
export function printRecord(lines: readonly RecordLine[], io: Io, asJson: boolean): void {
  for (const stored of lines) {
    if (asJson) io.stdout(`${jsonText(stored)}\n`)
    else line(io, recordLine(stored))
  }
}

function recordLine({ entry }: RecordLine): string {
  const at = typeof entry['at'] === 'number' ? localTime(entry['at']) : 'unknown time'
  return [at, ...wordsOf(entry)].filter((word) => word !== '').join(' ')
}

type Entry = RecordLine['entry']

function wordsOf(entry: Entry): readonly string[] {
  switch (entry['kind']) {
    case 'request':
    case 'opened':
      return requestWords(entry)
    case 'closed':
      return [
        'change',
        word(entry, 'outcome'),
        word(entry, 'code'),
        `request=${word(entry, 'requestId')}`,
      ]
    case 'note':
      return [word(entry, 'event'), by(word(entry, 'by')), JSON.stringify(entry['facts'] ?? {})]
    case 'log':
      return [word(entry, 'level'), word(entry, 'message'), factsOf(entry)]
    case 'folded':
      return [
        'allowed',
        word(entry, 'operation'),
        by(word(entry, 'principal')),
        from(entry),
        counted(Number(word(entry, 'count')), 'more time'),
      ]
    case 'summary':
      return ['refused', `${word(entry, 'count')} more, too fast to be written one by one`]
    default:
      return [JSON.stringify(entry)]
  }
}

/** What a log line says beside its message. */
function factsOf({
  kind: _kind,
  at: _at,
  level: _level,
  message: _message,
  ...facts
}: Entry): string {
  return Object.keys(facts).length === 0 ? '' : JSON.stringify(facts)
}

function requestWords(entry: Entry): readonly string[] {
  return [
    word(entry, 'outcome'),
    word(entry, 'code'),
    word(entry, 'operation'),
    about(word(entry, 'subject')),
    by(word(entry, 'principal')),
    from(entry),
    `request=${word(entry, 'requestId')}`,
  ]
}

function from(entry: Entry): string {
  const client = word(entry, 'client')
  const peer = word(entry, 'peer')
  return `from ${client}${peer === '' || peer === client ? '' : ` through ${peer}`}`
}

function about(what: string): string {
  return what === '' ? '' : `(${what})`
}

function by(who: string): string {
  return who === '' ? '' : `by ${who}`
}

function word(entry: Entry, member: string): string {
  const value = entry[member]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
