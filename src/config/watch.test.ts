import { renameSync, rmSync } from 'node:fs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { folder, loaded, type Folder } from './folder.fixture.ts'
import { watch, watchedFiles } from './watch.ts'

async function watching(dir: Folder): Promise<{ readonly seen: string[] }> {
  const { location } = await loaded(dir.request())
  const seen: string[] = []
  const started = await watch({
    files: () => watchedFiles(location),
    changed: () => void seen.push('changed'),
    failed: () => undefined,
    everyMs: 10,
  })
  onTestFinished(() => started.stop())
  return { seen }
}

it.each([
  ['an edit in place', (dir: Folder) => void dir.write('openclaw.json', '{gateway:{port:2}}')],
  [
    'a replaced file',
    (dir: Folder) => renameSync(dir.write('new', '{gateway:{port:3}}'), dir.file('openclaw.json')),
  ],
  ['a removed file', (dir: Folder) => rmSync(dir.file('openclaw.json'))],
  ['a new .env', (dir: Folder) => void dir.write('.env', 'A=1')],
  ['a second config file', (dir: Folder) => void dir.write('gateway.yaml', 'a: 1')],
])('%s is noticed, once', async (_, change) => {
  const dir = folder({ 'openclaw.json': '{gateway:{port:1}}' })
  const { seen } = await watching(dir)
  change(dir)
  await vi.waitFor(() => expect(seen).toEqual(['changed']))
  dir.write('unrelated', 'x')
  dir.write('.env', 'B=2')
  await vi.waitFor(() => expect(seen).toEqual(['changed', 'changed']))
})

it('a file that is still being written is waited for', async () => {
  const dir = folder({ 'openclaw.json': '{}' })
  const { location } = await loaded(dir.request())
  const seen: string[] = []
  const started = await watch({
    files: () => watchedFiles(location),
    changed: () => void seen.push(dir.read('openclaw.json')),
    failed: () => undefined,
    everyMs: 40,
  })
  onTestFinished(() => started.stop())
  const writing = setInterval(() => dir.write('openclaw.json', `{} // ${performance.now()}`), 5)
  await vi.waitFor(() => expect(dir.read('openclaw.json')).toContain('//'))
  clearInterval(writing)
  dir.write('openclaw.json', '{} // done')
  await vi.waitFor(() => expect(seen.at(-1)).toBe('{} // done'))
  expect(seen).toEqual(['{} // done'])
})

it('nothing is called once it was stopped, and a failure does not end the watch', async () => {
  const dir = folder({ 'openclaw.json': '{}' })
  const { location } = await loaded(dir.request())
  const calls: string[] = []
  const started = await watch({
    files: () => watchedFiles(location),
    changed: () => {
      calls.push('call')
      throw new Error('not this time')
    },
    failed: (error) => calls.push(String(error)),
    everyMs: 10,
  })
  dir.write('openclaw.json', '{} //1')
  await vi.waitFor(() => expect(calls).toEqual(['call', 'Error: not this time']))
  dir.write('openclaw.json', '{} //22')
  await vi.waitFor(() => expect(calls).toHaveLength(4))
  started.stop()
})
