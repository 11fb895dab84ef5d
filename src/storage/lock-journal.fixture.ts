/** For tests: locks one address after the other and prints each once its lock is on disk, until it is killed. `argv`: the journal, how many, milliseconds between every 20. */
import { Throttle } from '../access/throttle.ts'
import { openLockJournal } from './lock-journal.ts'

const [path = '', count = '0', pauseMs = '1'] = process.argv.slice(2)
const onTrouble = (message: string) => process.stderr.write(`${message}\n`)
const { journal, locks } = await openLockJournal({
  path,
  wall: Date.now,
  onTrouble,
  growthBytes: 2_000,
})
const settings = { maxAttempts: 1, windowMs: 60_000, lockoutMs: 3_600_000 }
const throttle = new Throttle({
  settings,
  steady: () => performance.now(),
  wall: Date.now,
  journal,
})
throttle.restore(locks)

for (let n = 0; n < Number(count); n += 1) {
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  const { durable } = throttle.charge(address, 'shared', { guessable: true })
  durable?.then(
    () => process.stdout.write(`${address}\n`),
    () =>
      process.stdout.write(`lost ${address} ${throttle.heldForMs(address, 'shared', true) > 0}\n`),
  )
  if (n % 20 === 19) await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)))
}
await journal.close()
process.stdout.write('done\n')
