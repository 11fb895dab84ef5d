/** For tests: runs over a real store in a folder of their own, with the built-in agent and any others. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_SCOPES } from '../access/scopes.ts'
import type { Principal } from '../access/types.ts'
import { memoryStore } from '../storage/memory.ts'
import { conversationStore } from '../storage/messages.ts'
import { openStore } from '../storage/open.ts'
import { builtinAgent } from './builtin/index.ts'
import type { Conversations } from './conversations.ts'
import { agentList } from './index.ts'
import type { Memory } from './memory.ts'
import { Runs } from './runs.ts'
import type { Run } from './run.ts'
import type { Submission } from './submit.ts'
import type { Agent, Caller, RunEvent } from './types.ts'

export const NOW = 1_800_000_000_000

export const OWNER: Caller = {
  method: 'local',
  principal: {
    kind: 'owner',
    id: 'owner',
    displayName: 'Owner',
    role: 'operator',
    scopes: ALL_SCOPES,
    credentialId: null,
  },
}

/** The owner with other marks: another person, fewer scopes. */
export function callerAs(marks: Partial<Principal>): Caller {
  return { ...OWNER, principal: { ...OWNER.principal, ...marks } }
}

export async function liveRuns(...others: readonly Agent[]) {
  const dir = await mkdtemp(join(tmpdir(), 'live-runs-'))
  const store = await openStore(dir)
  const disk: { state: 'fine' | 'full' | 'broken' } = { state: 'fine' }
  const conversations = onDisk(disk, conversationStore(store))
  const events: RunEvent[] = []
  const reports: string[] = []
  const time = { now: NOW }
  const clock = () => time.now
  const builtin = builtinAgent(
    { id: 'main', wantedModel: null },
    {
      memory: onDisk(disk, memoryStore(store)),
      conversations,
      clock,
      status: () => new Map([['version', '0.1.0']]),
    },
  )
  const agents = agentList(builtin, ...others)
  const runs = new Runs({
    agents: () => agents,
    conversations,
    clock,
    publish: (event) => events.push(event),
    report: (message) => reports.push(message),
  })
  const counter = { next: 1 }
  const send = (message: string, change: Partial<Submission> = {}) =>
    runs.submit({
      agentId: 'main',
      sessionKey: 'agent:main:main',
      message,
      caller: OWNER,
      idempotencyKey: `key-${counter.next++}`,
      ...change,
    })
  const sent = async (message: string, change: Partial<Submission> = {}): Promise<Run> => {
    const submitted = await send(message, change)
    if (submitted.kind === 'refused') throw new Error(submitted.detail)
    return submitted.run
  }
  return {
    dir,
    store,
    disk,
    conversations,
    agents,
    runs,
    events,
    reports,
    time,
    send,
    sent,
    /** What the agent says to it. */
    async ask(message: string, change: Partial<Submission> = {}): Promise<string> {
      const end = await (await sent(message, change)).ended
      if (end.kind === 'failed') throw new Error(end.detail)
      return end.text
    },
    async history(sessionKey = 'agent:main:main') {
      const { messages } = await conversations.history(sessionKey, 1000, 0)
      return messages.map(({ role, text }) => `${role}: ${text}`)
    },
    async [Symbol.asyncDispose]() {
      await runs.drain(0)
      await store.close()
      await rm(dir, { recursive: true })
    },
  }
}

export const DISK_FULL = {
  kind: 'unavailable',
  detail: 'the disk is full',
  error: new Error('/state/store.sqlite: the disk is full'),
} as const

/** What writes to a disk that can be made full, or fail in a way that nobody foresaw. */
function onDisk<Port extends Conversations | Memory>(
  disk: { readonly state: 'fine' | 'full' | 'broken' },
  port: Port,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const writes = name === 'ask' || name === 'answer' || name === 'remember'
      if (!writes || disk.state === 'fine') return Reflect.get(target, name)
      if (disk.state === 'full') return async () => DISK_FULL
      return async () => Promise.reject(new Error('nobody foresaw this'))
    },
  })
}

/** An agent that says what a test gives it, when the test gives it. */
export function puppet(id = 'puppet') {
  const given: PromiseWithResolvers<string | null>[] = []
  const wanted: PromiseWithResolvers<string | null>[] = []
  const next = (): Promise<string | null> => {
    const ready = given.shift()
    if (ready !== undefined) return ready.promise
    const later = Promise.withResolvers<string | null>()
    wanted.push(later)
    return later.promise
  }
  const give = (piece: string | null): void => {
    const waiting = wanted.shift()
    if (waiting !== undefined) return waiting.resolve(piece)
    const ready = Promise.withResolvers<string | null>()
    ready.resolve(piece)
    given.push(ready)
  }
  const heard: string[] = []
  const agent: Agent = {
    id,
    name: 'Puppet',
    model: { provider: 'test', name: 'puppet' },
    async *answer(turn) {
      heard.push(turn.message)
      for (let piece = await next(); piece !== null; piece = await next()) yield piece
    },
  }
  return { agent, heard, say: (piece: string) => give(piece), finish: () => give(null) }
}
