/** A child process for the tests: opens changes as fast as it can and prints each id once it was acknowledged. */
import { writeSync } from 'node:fs'
import { requestEntry, refusedEntry, testRecord } from './record.fixture.ts'

const [root = '', prefix = 'x'] = process.argv.slice(2)
const open = await testRecord(root).open({ maxBytes: 400_000 })
const state = { next: 0 }

async function appendForever(): Promise<never> {
  for (;;) {
    const id = `${prefix}-${(state.next++).toString(36)}`
    open.write(refusedEntry(`behind-${id}`))
    await open.open(requestEntry(id))
    writeSync(1, `${id}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, appendForever))
