/** For tests: a start that remembers what it started, and stops all of it once the test is over. */
import { afterEach } from 'vitest'

/** Called once, where the tests of a file begin: `const start = stoppedAfterEach(testGateway)`. */
export function stoppedAfterEach<
  Options extends readonly unknown[],
  Started extends { readonly stop: () => Promise<void> },
>(start: (...options: Options) => Promise<Started>): (...options: Options) => Promise<Started> {
  const running: Started[] = []
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()))
  })
  return async (...options) => {
    const started = await start(...options)
    running.push(started)
    return started
  }
}
