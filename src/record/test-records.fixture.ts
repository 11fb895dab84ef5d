/** For tests: records whose folders are gone once the test is over. */
import { afterEach } from 'vitest'
import { testRecord, type TestRecord } from './record.fixture.ts'

/** Called once, where the tests of a file begin: `const record = testRecords()`. */
export function testRecords(): typeof testRecord {
  const made: TestRecord[] = []
  afterEach(() => {
    for (const record of made.splice(0)) record.remove()
  })
  return (...parts) => {
    const one = testRecord(...parts)
    made.push(one)
    return one
  }
}
