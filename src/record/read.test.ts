import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { firstLine, readBackward, readForward, recordFiles } from './files.ts'
import { refusedEntry, requestEntry } from './record.fixture.ts'
import { followRecord } from './follow.ts'
import { findRequest, listRecord, type ListFilter } from './read.ts'
import { testRecords } from './test-records.fixture.ts'

const record = testRecords()

const EVERYTHING: ListFilter & { readonly limit: number } = {
  kind: null,
  since: null,
  client: null,
  limit: 1000,
}

async function ids(dir: string, filter: Partial<typeof EVERYTHING> = {}): Promise<unknown[]> {
  const found = await listRecord(dir, { ...EVERYTHING, ...filter })
  return found.map(({ entry }) => ('requestId' in entry ? entry.requestId : entry.kind))
}

test('a folder in the place of a file is refused by its path', async () => {
  const { dir } = record()
  const path = join(dir, '0000000000000001.jsonl')
  mkdirSync(path, { recursive: true })
  await expect(ids(dir)).rejects.toMatchObject({ code: 'EISDIR', path })
  await expect(firstLine(path)).rejects.toMatchObject({ code: 'EISDIR', path })
})

describe('list', () => {
  test('gives the newest that pass, oldest first, from several files', async () => {
    const files = record()
    const open = await files.open({ maxBytes: 30_000 })
    for (let index = 0; index < 30; index += 1) await open.open(requestEntry(`a-${index}`))
    await open.stop()
    expect(readdirSync(files.dir).length).toBeGreaterThan(2)
    expect(await ids(files.dir, { kind: 'auth' })).toEqual(
      Array.from({ length: 30 }, (_, index) => `a-${index}`),
    )
    expect(await ids(files.dir, { kind: 'auth', limit: 3 })).toEqual(['a-27', 'a-28', 'a-29'])
  })

  test('filters by kind, moment and client', async () => {
    const files = record()
    const hour = 3_600_000
    const open = await files.open({ clock: () => 10 * hour })
    open.write(requestEntry('early', { at: hour }))
    open.write(requestEntry('late', { at: 9 * hour, client: '198.51.100.1' }))
    open.note({ at: 9 * hour, event: 'gateway.start', by: null, facts: {} })
    open.note({ at: 9 * hour, event: 'channel.connected', by: null, facts: {} })
    open.note({ at: 9 * hour, event: 'lock.created', by: null, facts: { address: '198.51.100.1' } })
    for (let index = 0; index < 60; index += 1)
      open.write(refusedEntry(`r-${index}`, { at: 9 * hour, client: '198.51.100.2' }))
    await open.stop()
    expect(await ids(files.dir, { kind: 'channels' })).toEqual(['note'])
    expect(await ids(files.dir, { kind: 'gateway' })).toEqual(['note', 'note'])
    expect(await ids(files.dir, { kind: 'auth', since: 8 * hour, limit: 2 })).toEqual([
      'r-49',
      'summary',
    ])
    expect(await ids(files.dir, { kind: 'auth', client: '203.0.113.9' })).toEqual(['early'])
    expect(await ids(files.dir, { client: '203.0.113.9', since: 8 * hour })).toEqual([])
    expect(await ids(files.dir, { client: '198.51.100.1' })).toEqual(['late', 'note'])
    expect(await ids(files.dir, { client: '198.51.100.2', limit: 1 })).toEqual(['summary'])
    expect(await ids(files.dir, { client: 'constructor' })).toEqual([])
  })

  test('passes over what it does not know, and lists nothing where nothing is', async () => {
    const files = record()
    expect(await ids(files.dir)).toEqual([])
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    await open.stop()
    const [name = ''] = readdirSync(files.dir)
    appendFileSync(
      join(files.dir, name),
      `garbage\n{"sequence":9,"hash":"${'0'.repeat(64)}","entry":{"kind":"new"}}\n`,
    )
    writeFileSync(join(files.dir, 'notes.txt'), 'x')
    expect(await ids(files.dir)).toEqual(['note', 'a-1'])
  })
})

describe('find', () => {
  test('does not take an id that is only mentioned for the request', async () => {
    const files = record()
    const open = await files.open()
    open.note({ at: 1, event: 'x', by: 'a-1', facts: { requestId: 'a-1' } })
    await open.stop()
    expect(await findRequest(files.dir, 'a-1')).toBeNull()
    expect(await findRequest(files.dir, 'no form of ours')).toBeNull()
    expect(await findRequest(files.dir, '')).toBeNull()
  })

  test('tells ids of different processes in one summary apart', async () => {
    const files = record()
    const open = await files.open({ clock: () => 5 })
    for (let index = 0; index < 50; index += 1) open.write(refusedEntry(`x-${index}`))
    for (const id of ['aa-1', 'aa-2', 'bb-9', 'odd']) open.write(refusedEntry(id))
    await open.stop()
    expect(await findRequest(files.dir, 'aa-2')).toMatchObject({ kind: 'summarised' })
    expect(await findRequest(files.dir, 'bb-9')).toMatchObject({
      kind: 'summarised',
      entry: { count: 4, unlisted: 1 },
    })
    for (const id of ['bb-1', 'aa-9', 'aa-3', 'cc-1', 'odd', 'constructor-1']) {
      expect(await findRequest(files.dir, id), id).toBeNull()
    }
  })
})

describe('follow', () => {
  test('goes on after a known entry, over rotations, until it is stopped', async () => {
    const files = record()
    const open = await files.open({ maxBytes: 16_000 })
    for (const id of ['known', 'first']) await open.open(requestEntry(id))
    const [, known] = await listRecord(files.dir, EVERYTHING)
    const stop = new AbortController()
    const seen: unknown[] = []
    const options = { ...EVERYTHING, kind: 'auth' as const, signal: stop.signal }
    const follow = followRecord(files.dir, { ...options, after: known?.sequence ?? 0 })
    const reading = (async () => {
      for await (const { entry } of follow) seen.push('requestId' in entry && entry.requestId)
    })()
    const written = Array.from({ length: 25 }, (_, index) => `a-${index}`)
    for (const id of written) await open.open(requestEntry(id))
    await vi.waitFor(() => expect(seen).toEqual(['first', ...written]), {
      timeout: 5000,
      interval: 20,
    })
    stop.abort()
    await reading
    await open.stop()
  })

  test('begins with what comes next when nothing is named', async () => {
    const files = record()
    const open = await files.open()
    await open.open(requestEntry('before'))
    const stop = new AbortController()
    const seen: unknown[] = []
    const reading = (async () => {
      const options = { ...EVERYTHING, signal: stop.signal }
      for await (const { entry } of followRecord(files.dir, options)) {
        seen.push('requestId' in entry && entry.requestId)
      }
    })()
    await vi.waitFor(
      async () => {
        await open.open(requestEntry('next'))
        expect(seen).toContain('next')
      },
      { timeout: 5000, interval: 20 },
    )
    expect(seen).not.toContain('before')
    stop.abort()
    await reading
    await open.stop()
  })

  test('begins with the first entry where there is no record yet', async () => {
    const files = record()
    const stop = new AbortController()
    const follow = followRecord(files.dir, { ...EVERYTHING, signal: stop.signal })
    const next = follow.next()
    const open = await files.open()
    await open.open(requestEntry('a-1'))
    expect((await next).value).toMatchObject({ sequence: 1 })
    stop.abort()
    await follow.return(undefined)
    await open.stop()
  })
})

test('lines longer than a block, and blocks cut anywhere, read the same forward and backward', async () => {
  const files = record()
  mkdirSync(files.dir, { recursive: true })
  const lines = Array.from({ length: 40 }, (_, index) => `${index}`.repeat((index * 7919) % 90_000))
  lines.push('x'.repeat(700_000), '', 'end')
  writeFileSync(join(files.dir, '0000000000000001.jsonl'), `${lines.join('\n')}\ntorn`)
  const [file] = await recordFiles(files.dir)
  const backward: string[] = []
  const forward: string[] = []
  for await (const block of readBackward(file?.path ?? '')) backward.push(...block.map(String))
  for await (const block of readForward(file?.path ?? '')) forward.push(...block.lines.map(String))
  expect(forward).toEqual(lines)
  expect(backward.toReversed()).toEqual(lines)
})
