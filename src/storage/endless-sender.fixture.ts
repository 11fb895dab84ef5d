/** For tests: a process that sends messages without end and prints each that was acknowledged. `argv[2]`: the folder. */
import { writeSync } from 'node:fs'
import { OWNER } from '../agents/live-runs.fixture.ts'
import { builtinAgent } from '../agents/builtin/index.ts'
import { agentList } from '../agents/index.ts'
import { Runs } from '../agents/runs.ts'
import { systemClock } from '../core/clock.ts'
import { memoryStore } from './memory.ts'
import { conversationStore } from './messages.ts'
import { openStore } from './open.ts'

const store = await openStore(process.argv[2] ?? '')
const conversations = conversationStore(store)
const memory = memoryStore(store)
const ports = { memory, conversations, clock: systemClock, status: () => new Map<string, string>() }
const agents = agentList(builtinAgent({ id: 'main', wantedModel: null }, ports))
const runs = new Runs({
  agents: () => agents,
  conversations,
  clock: systemClock,
  publish: () => undefined,
  report: () => undefined,
})

/** One message after the other; `lane` keeps the senders apart. */
async function sendForEver(lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `${process.pid}-${lane}-${count}`
    const submitted = await runs.submit({
      agentId: 'main',
      sessionKey: `agent:main:lane${lane}`,
      message: `/remember ${id}`,
      caller: OWNER,
      idempotencyKey: id,
    })
    if (submitted.kind === 'refused') throw new Error(submitted.detail)
    writeSync(1, `sent ${lane} ${id}\n`)
    const end = await submitted.run.ended
    if (end.kind === 'answered') writeSync(1, `answered ${lane} ${id}\n`)
  }
}

await Promise.all([0, 1, 2, 3].map(sendForEver))
