/** Who talks: the agents, their runs, and the chat networks whose messages they answer. */
import type { Agents } from '../agents/index.ts'
import type { Conversations } from '../agents/conversations.ts'
import { Runs } from '../agents/runs.ts'
import type { RunEvent } from '../agents/types.ts'
import type { RedeemPorts } from '../channels/redeem.ts'
import { publishRuns } from '../operations/chat-events.ts'
import { memoryStore } from '../storage/memory.ts'
import { conversationStore } from '../storage/messages.ts'
import type { Meters } from '../telemetry/meters.ts'
import { configuredAgents } from './agents.ts'
import { joinChannels, type Channels } from './channels.ts'
import { inviterStands } from './inviters.ts'
import type { Base } from './join-base.ts'
import { gatewayFacts, type FactViews } from './status-facts.ts'

export interface Talk {
  /** What the gateway says of itself: to operators, and in the agents' `/status`. */
  readonly facts: FactViews
  readonly agents: () => Agents
  readonly conversations: Conversations
  readonly runs: Runs
  readonly inviterStands: RedeemPorts['inviterStands']
  readonly channels: Channels
}

export function joinTalk(base: Base): Talk {
  const { state, live, meters, clock } = base
  const conversations = conversationStore(state.store)
  const speakers = { ...whoSpeaks(base, conversations), conversations }
  const runs = new Runs({
    agents: speakers.agents,
    conversations,
    clock,
    publish: watched(publishRuns(base.bus), [meters, base.traces.tracing]),
    report: (message, error) => state.log.failure(message, error),
  })
  const stands = inviterStands({
    devices: () => state.pairing.book,
    policy: () => live.access().policy,
    clock,
  })
  const channels = joinChannels({
    inviterStands: stands,
    config: base.config,
    store: state.store,
    meta: state.meta,
    desk: state.senders,
    lastUse: state.lastUse,
    agents: speakers.agents,
    runs,
    conversations,
    record: state.record,
    meters,
    newRequestId: base.newRequestId,
    log: state.log,
    clock,
  })
  return { ...speakers, runs, inviterStands: stands, channels }
}

/** The agents tell what the gateway says of itself, and the gateway names its agents. */
function whoSpeaks(base: Base, conversations: Conversations): Pick<Talk, 'facts' | 'agents'> {
  const { start, state, live, at, startedAt, reload, trial, late, clock } = base
  const facts = gatewayFacts({
    start,
    state,
    live,
    at,
    startedAt,
    connections: () => late.sockets?.counts.live ?? 0,
    problem: () => reload.problem,
    waiting: () => reload.waiting,
    trial: () => trial.warnings(),
    agents: () => agents(),
  })
  const agents = configuredAgents(base.config, {
    memory: memoryStore(state.store),
    conversations,
    clock,
    status: facts.asText,
  })
  return { facts, agents }
}

/** Whoever listens hears of a run as ever; metrics and traces hear of it besides. */
function watched(
  publish: (event: RunEvent) => void,
  watchers: readonly Pick<Meters, 'run'>[],
): (event: RunEvent) => void {
  return (event) => {
    publish(event)
    for (const watcher of watchers) watcher.run(event)
  }
}
