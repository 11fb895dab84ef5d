import * as fc from 'fast-check'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Chain } from './chain.ts'
import { requestEntry, testRecord, TEST_KEY, type TestRecord } from './record.fixture.ts'
import type { Head } from './head.ts'
import { sealHead } from './head.ts'
import { verifyRecord, type Verification } from './verify.ts'

/** A small record of several files whose head is its last line. */
interface Sample {
  readonly names: readonly string[]
  readonly contents: readonly Buffer[]
  readonly head: Head
}

const made: { record: TestRecord | null; root: string; sample: Sample | null } = {
  record: null,
  root: '',
  sample: null,
}

beforeAll(async () => {
  const record = testRecord()
  made.record = record
  made.root = mkdtempSync(join(tmpdir(), 'verify-'))
  const open = await record.open({ maxBytes: 16_000 })
  for (let index = 0; index < 14; index += 1)
    await open.open(requestEntry(`a-${index}`, { host: 'Grüße' }))
  await open.stop()
  const names = readdirSync(record.dir).sort()
  const head = record.heads.load()
  if (head === null) throw new Error('no head was saved')
  made.sample = { names, contents: names.map((name) => readFileSync(join(record.dir, name))), head }
})
afterAll(() => {
  made.record?.remove()
  rmSync(made.root, { recursive: true, force: true })
})

function sample(): Sample {
  if (made.sample === null) throw new Error('the sample was not made')
  return made.sample
}

async function verifyContents(
  contents: readonly (Buffer | null)[],
  head: Head | null = sample().head,
): Promise<Verification> {
  const dir = mkdtempSync(join(made.root, 'case-'))
  for (const [index, content] of contents.entries()) {
    const name = sample().names[index]
    if (content !== null && name !== undefined) writeFileSync(join(dir, name), content)
  }
  const result = await verifyRecord({ dir, key: TEST_KEY, loadHead: () => head })
  rmSync(dir, { recursive: true })
  return result
}

function linesOf(content: Buffer): string[] {
  return content.toString('latin1').split('\n').slice(0, -1)
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1')
}

describe('an untouched record', () => {
  test('is intact, with its number of entries', async () => {
    const { contents, head, names } = sample()
    expect(names.length).toBeGreaterThan(2)
    expect(await verifyContents(contents)).toEqual({
      kind: 'intact',
      entries: head.sequence,
      from: 1,
      to: head.sequence,
    })
  })

  test('that is empty, or does not exist, is intact', async () => {
    expect(await verifyContents([], null)).toEqual({ kind: 'intact', entries: 0, from: 0, to: 0 })
    const head = sealHead(TEST_KEY, {
      last: { sequence: 0, hash: '0'.repeat(64) },
      firstSequence: 1,
      firstPrevious: '0'.repeat(64),
    })
    expect(await verifyContents([], head)).toMatchObject({ kind: 'intact', entries: 0 })
    expect(
      await verifyRecord({ dir: join(made.root, 'nowhere'), key: TEST_KEY, loadHead: () => head }),
    ).toMatchObject({ kind: 'intact' })
  })

  test('with later lines that chain is accepted, and so is a line that is being written', async () => {
    const { contents, head } = sample()
    const chain = new Chain(head)
    const [later, half] = [
      chain.next('{"kind":"later"}'),
      chain.next('{"kind":"half"}').slice(0, 50),
    ]
    const last = contents.at(-1) ?? Buffer.alloc(0)
    const grown = [...contents.slice(0, -1), Buffer.concat([last, Buffer.from(later + half)])]
    expect(await verifyContents(grown)).toMatchObject({ kind: 'intact', to: head.sequence + 1 })
  })
})

describe('what proves the record is a finding of its own', () => {
  test('a missing key', async () => {
    expect(await verifyRecord({ dir: made.root, key: null, loadHead: () => null })).toMatchObject({
      kind: 'broken',
      what: expect.stringContaining('the key that seals the head is missing'),
    })
  })

  test('a missing head', async () => {
    expect(await verifyContents(sample().contents, null)).toMatchObject({
      what: expect.stringContaining('the head is missing'),
    })
  })

  test('a head of another key, and one that was edited', async () => {
    const { head, contents } = sample()
    const what = { kind: 'broken', what: 'the head was changed, or sealed with another key' }
    expect(await verifyContents(contents, { ...head, sequence: 3 })).toMatchObject(what)
    expect(await verifyContents(contents, { ...head, hmac: 'zz' })).toMatchObject(what)
    const values = { last: head, firstSequence: 1, firstPrevious: head.firstPrevious }
    expect(await verifyContents(contents, sealHead(Buffer.alloc(32, 1), values))).toMatchObject(
      what,
    )
  })
})

describe('tampering is found, and named by file, line and entry', () => {
  test('an edit', async () => {
    const [first = Buffer.alloc(0), ...rest] = sample().contents
    const lines = linesOf(first)
    const edited = lines.with(2, (lines[2] ?? '').replace('whoami', 'health'))
    expect(await verifyContents([joined(edited), ...rest])).toEqual({
      kind: 'broken',
      file: '0000000000000001.jsonl',
      line: 3,
      sequence: 3,
      what: 'the entry, or the one before it, was changed',
    })
  })

  test('a deletion', async () => {
    const [first = Buffer.alloc(0), ...rest] = sample().contents
    expect(await verifyContents([joined(linesOf(first).toSpliced(1, 1)), ...rest])).toMatchObject({
      line: 2,
      sequence: 2,
      what: 'entries 2 to 2 are missing',
    })
  })

  test('a truncation below the head', async () => {
    const { contents, head } = sample()
    const last = linesOf(contents.at(-1) ?? Buffer.alloc(0))
    expect(
      await verifyContents([...contents.slice(0, -1), joined(last.slice(0, -1))]),
    ).toMatchObject({
      sequence: head.sequence,
      what: `entries ${head.sequence} to ${head.sequence} were cut off the end`,
    })
    expect(await verifyContents([])).toMatchObject({
      what: `entries 1 to ${head.sequence} were cut off the end`,
    })
  })

  test('removed files, at the start, in the middle and at the end', async () => {
    const { contents, names } = sample()
    for (const index of contents.keys()) {
      const result = await verifyContents(
        contents.map((content, at) => (at === index ? null : content)),
      )
      expect(result, names[index]).toMatchObject({ kind: 'broken' })
    }
  })

  test('a renamed file', async () => {
    const { contents, names } = sample()
    const dir = mkdtempSync(join(made.root, 'renamed-'))
    const later = (name: string) =>
      `${String(Number(name.slice(0, 16)) + 1).padStart(16, '0')}.jsonl`
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1
      writeFileSync(join(dir, last ? later(name) : name), contents[index] ?? '')
    }
    const result = await verifyRecord({ dir, key: TEST_KEY, loadHead: () => sample().head })
    expect(result).toMatchObject({
      kind: 'broken',
      what: expect.stringContaining('is named after entry'),
    })
  })

  test('the start of a line at the end of a file that is not the last', async () => {
    const [first = Buffer.alloc(0), ...rest] = sample().contents
    const next = Number(sample().names[1]?.slice(0, 16))
    const longer = Buffer.concat([first, Buffer.from(`{"sequence":${next},"hash":"00`)])
    expect(await verifyContents([longer, ...rest])).toMatchObject({
      kind: 'broken',
      what: 'the line is not one of ours, or was cut',
    })
  })

  test('a chain that was made anew from some entry on', async () => {
    const entries = sample()
      .contents.flatMap(linesOf)
      .map((line) => line.slice(line.indexOf('"entry":') + 8, -1))
    const chain = new Chain({ sequence: 0, hash: '0'.repeat(64) })
    const forged = entries
      .map((entry, index) => chain.next(index === 4 ? entry.replace('whoami', 'health') : entry))
      .join('')
    const result = await verifyContents([Buffer.from(forged)])
    expect(result).toMatchObject({
      kind: 'broken',
      sequence: sample().head.sequence,
      what: 'the entry is not the one that was written',
    })
  })

  test('a file put before the first that is kept', async () => {
    const { contents, head, names } = sample()
    const kept = names.slice(1)
    const first = Number(kept[0]?.slice(0, 16))
    const lastDropped = linesOf(contents[0] ?? Buffer.alloc(0)).at(-1) ?? ''
    const firstPrevious = /"hash":"([0-9a-f]{64})"/.exec(lastDropped)?.[1] ?? ''
    const dropped = sealHead(TEST_KEY, { last: head, firstSequence: first, firstPrevious })
    expect(await verifyContents([null, ...contents.slice(1)], dropped)).toMatchObject({
      kind: 'intact',
      from: first,
    })
    expect(await verifyContents(contents, dropped)).toMatchObject({ kind: 'intact' })
    const lines = linesOf(contents[0] ?? Buffer.alloc(0))
    const forged = joined(lines.with(0, (lines[0] ?? '').replace('record.file', 'record.fake')))
    expect(await verifyContents([forged, ...contents.slice(1)], dropped)).toMatchObject({
      kind: 'broken',
    })
    expect(
      await verifyContents([Buffer.from('{}\n'), ...contents.slice(1)], dropped),
    ).toMatchObject({ kind: 'broken' })
  })
})

type Tampering = (whole: Buffer) => Buffer

const position = fc.double({ min: 0, max: 0.999999, noNaN: true })
const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  // One byte changed.
  fc.tuple(position, fc.integer({ min: 1, max: 255 })).map(([at, change]) => (whole: Buffer) => {
    const copy = Buffer.from(whole)
    const index = Math.floor(at * copy.length)
    copy[index] = (copy[index] ?? 0) ^ change
    return copy
  }),
  // Bytes taken out.
  fc.tuple(position, fc.integer({ min: 1, max: 2000 })).map(([at, count]) => (whole: Buffer) => {
    const index = Math.floor(at * whole.length)
    return Buffer.concat([whole.subarray(0, index), whole.subarray(index + count)])
  }),
  // Bytes put in.
  fc
    .tuple(position, fc.uint8Array({ minLength: 1, maxLength: 20 }))
    .map(([at, bytes]) => (whole: Buffer) => {
      const index = Math.floor(at * whole.length)
      return Buffer.concat([whole.subarray(0, index), bytes, whole.subarray(index)])
    }),
  // Lines removed, repeated, swapped.
  fc.tuple(position, position).map(([a, b]) => (whole: Buffer) => {
    const lines = linesOf(whole)
    const [from, to] = [Math.floor(a * lines.length), Math.floor(b * lines.length)]
    return joined(lines.with(from, lines[to] ?? '').with(to, lines[from] ?? ''))
  }),
  position.map(
    (at) => (whole: Buffer) =>
      joined(linesOf(whole).filter((_, index, { length }) => index !== Math.floor(at * length))),
  ),
  position.map((at) => (whole: Buffer) => {
    const lines = linesOf(whole)
    const index = Math.floor(at * lines.length)
    return joined([...lines.slice(0, index), lines[index] ?? '', ...lines.slice(index)])
  }),
)

test('whatever one tampering makes of a file, it is found', async () => {
  const { contents } = sample()
  await fc.assert(
    fc.asyncProperty(fc.nat(contents.length - 1), tampering, async (index, tamper) => {
      const before = contents[index] ?? Buffer.alloc(0)
      const after = tamper(before)
      fc.pre(!after.equals(before))
      const result = await verifyContents(contents.with(index, after))
      expect(result).toMatchObject({ kind: 'broken' })
    }),
    { numRuns: 3000 },
  )
})
