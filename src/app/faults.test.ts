import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** A process of its own, since what is contained here would end the test's. */
function run(script: string) {
  const faults = join(import.meta.dirname, 'faults.ts')
  const code = `import { containFaults } from ${JSON.stringify(faults)}
    process.on('uncaughtException', () => process.exit(70))
    const contained = []
    const faults = containFaults({ clock: Date.now, report: (error) => contained.push(error.message), giveUp: () => { console.log('gave up'); process.exit(3) } })
    ${script}`
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 20_000,
  })
}

test('an exception that nobody caught is reported, and the process goes on', () => {
  const { stdout, status } = run(`
    setTimeout(() => { throw new Error('one') }, 0)
    setTimeout(() => { void Promise.reject(new Error('two')) }, 1)
    const look = setInterval(() => {
      if (contained.length < 2) return
      clearInterval(look)
      console.log(contained.join(' '))
    }, 1)`)
  expect([stdout.trim(), status]).toEqual(['one two', 0])
})

test('a process that faults again and again gives up', () => {
  const { stdout, status } = run(`setInterval(() => { throw new Error('again') }, 1)`)
  expect([stdout.trim(), status]).toEqual(['gave up', 3])
})

test('afterwards whoever listened before listens again', () => {
  expect(run(`faults.end(); setTimeout(() => { throw new Error('late') }, 0)`).status).toBe(70)
})
