import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordText, requestEntry, verifyTest } from './record.fixture.ts'
import { findRequest } from './read.ts'
import { testRecords } from './test-records.fixture.ts'

const record = testRecords()

describe('the start', () => {
  test('a torn last line is cut off and noted', async () => {
    const files = record()
    const first = await files.open()
    await first.open(requestEntry('a-1'))
    await first.stop()
    const [name = ''] = readdirSync(files.dir)
    appendFileSync(join(files.dir, name), '{"sequence":3,"hash":"00')
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact' })
    const second = await files.open()
    await second.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'intact', to: 3 })
    expect(recordText(files)).toContain('an unfinished line of 24 bytes was cut off')
    expect(files.reports).toHaveLength(1)
  })

  test.each([
    ['the last entry was cut off', (lines: string[]) => lines.slice(0, -1), /4 to 4 are missing/],
    [
      'the last entries were cut off',
      (lines: string[]) => lines.slice(0, -2),
      /3 to 4 are missing/,
    ],
    [
      'the last entry was edited',
      (lines: string[]) => [
        ...lines.slice(0, -1),
        (lines.at(-1) ?? '').replace('whoami', 'health'),
      ],
      null,
    ],
    ['a line of garbage was added', (lines: string[]) => [...lines, 'garbage'], /no entry/],
    ['everything was cut off', () => [], /1 to 4 are missing/],
  ])('%s: it is reported, and going on does not hide it', async (_, tamper, finding) => {
    const files = record()
    const first = await files.open()
    for (const id of ['a-1', 'a-2', 'a-3']) await first.open(requestEntry(id))
    await first.stop()
    const [name = ''] = readdirSync(files.dir)
    const path = join(files.dir, name)
    writeFileSync(
      path,
      tamper(readFileSync(path, 'utf8').trimEnd().split('\n'))
        .map((line) => `${line}\n`)
        .join(''),
    )
    const second = await files.open()
    await second.open(requestEntry('b-1'))
    await second.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'broken' })
    if (finding !== null) expect(files.reports.join('\n')).toMatch(finding)
    const third = await files.open()
    await third.stop()
    expect(await verifyTest(files)).toMatchObject({ kind: 'broken' })
    expect(await findRequest(files.dir, 'b-1')).not.toBeNull()
  })

  test('a head that is missing or forged is reported, and noted in the record', async () => {
    const files = record()
    const first = await files.open()
    await first.open(requestEntry('a-1'))
    await first.stop()
    const saved = files.heads.load()
    const missing = await files.open({ heads: { load: () => null, save: () => Promise.resolve() } })
    await missing.stop()
    const forged = await files.open({
      heads: { load: () => saved && { ...saved, sequence: 1 }, save: () => Promise.resolve() },
    })
    await forged.stop()
    expect(files.reports).toEqual([
      'error: The record was not as it was left: the head of the record is missing.',
      'error: The record was not as it was left: the head of the record was changed by somebody else.',
    ])
    expect(recordText(files)).toContain('the head of the record is missing')
  })
})
