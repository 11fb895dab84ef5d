/** For tests: the chat operations over real runs and a real store, called as the server calls them. */
import type { Principal } from '../access/types.ts'
import { admitVisitor } from '../channels/webchat/index.ts'
import { liveRuns, OWNER } from '../agents/live-runs.fixture.ts'
import type { Agent } from '../agents/types.ts'
import { agentsList } from './agents-list.ts'
import { agent } from './agent.ts'
import { chatAbort } from './chat-abort.ts'
import { chatHistory } from './chat-history.ts'
import { chatSend } from './chat-send.ts'
import { operatorCall } from './operator-call.fixture.ts'
import { sessionsList } from './sessions-list.ts'
import { Refusal, type Call, type Operation, type Progress } from './types.ts'

export async function liveOperations(...others: readonly Agent[]) {
  const live = await liveRuns(...others)
  const ports = {
    runs: live.runs,
    agents: () => live.agents,
    conversations: live.conversations,
    admitVisitor: (visitor: Principal) =>
      admitVisitor(visitor, { dmPolicy: 'pairing', allowFrom: [] }, live.time.now),
    busy: (key: string) => live.runs.busy(key),
    clock: () => live.time.now,
  }
  return {
    live,
    agentsList: agentsList(ports.agents),
    sessionsList: sessionsList(ports),
    chatSend: chatSend(ports),
    chatHistory: chatHistory(ports),
    chatAbort: chatAbort(ports),
    agent: agent(ports),
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  }
}

/** A call of the owner that remembers its progress. */
export function listening(change: Partial<Call> = {}) {
  const progress: Progress[] = []
  const call: Call = {
    ...operatorCall(),
    principal: OWNER.principal,
    emit: (item) => progress.push(item),
    ...change,
  }
  return { call, progress }
}

/** Runs it, or says why not: `reason: message` of the refusal, `schema` when the input does not fit. */
export async function outcome(
  operation: Operation,
  input: unknown,
  call: Call = listening().call,
): Promise<unknown> {
  const parsed = operation.input.safeParse(input)
  if (!parsed.success) return 'schema'
  try {
    return await operation.run(parsed.data, call)
  } catch (error) {
    if (error instanceof Refusal) return `${error.reason}: ${error.message}`
    throw error
  }
}
