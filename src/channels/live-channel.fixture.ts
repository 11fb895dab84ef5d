/** For tests: everything between a message and its answer, over a real store, that can be killed and started again. */
import { setImmediate as nextRound } from 'node:timers/promises'
import { liveRuns } from '../agents/live-runs.fixture.ts'
import { agentList } from '../agents/index.ts'
import { Runs } from '../agents/runs.ts'
import type { Agent } from '../agents/types.ts'
import { admitSender } from '../senders/admit.ts'
import { TELEGRAM } from '../senders/desk.fixture.ts'
import { SenderDesk } from '../senders/desk.ts'
import { senderList, type SenderRules } from '../senders/rules.ts'
import { messageStore } from '../storage/channel-messages.ts'
import { loadSenders, senderStore } from '../storage/senders.ts'
import { Answering, type AnsweringPorts, type Place } from './answering.ts'
import type { ChatChange } from './owner-decides.ts'
import { callerOf } from './principal.ts'
import { receive, type Reception, type ReceptionPorts } from './reception.ts'
import { sessionFor } from './session-for.ts'
import { splitText } from './split-text.ts'
import type { Queued, Received } from './store.ts'
import type { Incoming } from './types.ts'

export const RULES: SenderRules = {
  dmPolicy: 'pairing',
  allowFrom: senderList(['42', '43', '44'], (id) => ({ kind: 'id', id })),
  groupPolicy: 'allowlist',
  groups: new Set(['-100']),
  groupAllowFrom: senderList(['*'], (id) => ({ kind: 'id', id })),
}

/** Goes on as long as the test may take: conditions, not times. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await nextRound()
}

export interface LifeOptions {
  /** Who answers; the built-in agent when nobody is given. */
  readonly agent?: Agent
  readonly ports?: Partial<AnsweringPorts>
  readonly reply?: ReceptionPorts['reply']
  /** One for all, or by message; each person their own without it. */
  readonly session?: string | ((message: Received) => string)
}

export async function liveChannel() {
  const live = await liveRuns()
  const lives: { readonly runs: Runs; readonly stop: AbortController }[] = []
  const rules: { now: SenderRules | null } = { now: RULES }
  /** Ids of those who may invite no more. */
  const gone = new Set<string>()
  const messages = messageStore(live.store)

  /** What one process does, from its start to its death. */
  async function start({ agent, ports = {}, reply, session }: LifeOptions = {}) {
    const stop = new AbortController()
    const agents = agent === undefined ? live.agents : agentList(agent)
    const runs = new Runs({
      agents: () => agents,
      conversations: live.conversations,
      clock: () => live.time.now,
      publish: () => {},
      report: () => {},
    })
    lives.push({ runs, stop })
    const sent: Queued[] = []
    const replies: Omit<Queued, 'place'>[] = []
    const receptions: Reception[] = []
    const warnings: string[] = []
    const changes: ChatChange[] = []
    const record = { full: false }
    const { state } = await loadSenders(live.store)
    const desk = new SenderDesk({
      saved: state,
      store: senderStore(live.store),
      clock: () => live.time.now,
      announce: () => {},
    })
    const { waiting, queued } = await messages.load()
    const places = { last: queued.at(-1)?.place ?? 0 }

    const placeOf = (message: Received): Place | null => {
      const { channel, account, conversation, sender } = message
      if (rules.now === null) return null
      const admission = admitSender(
        { conversation, sender, addressed: true },
        {
          account: { channel, account },
          rules: rules.now,
          approvals: desk.book,
          now: live.time.now,
        },
      )
      if (admission.kind !== 'allowed') return null
      const dms = { dmScope: 'per-peer', identityLinks: {} } as const
      const key = sessionFor({ channel, account }, conversation, sender.id, dms)
      const agentId = agents.defaultId
      const who = { channel, account, id: sender.id }
      const caller = callerOf(who, {
        displayName: sender.displayName,
        conversation,
        owners: ['telegram:42'],
      })
      const named = typeof session === 'function' ? session(message) : session
      return { agentId, sessionKey: named ?? `agent:${agentId}:${key}`, caller, own: true }
    }
    const answering = new Answering(
      {
        store: messages,
        runs,
        conversations: live.conversations,
        placeOf,
        command: () => Promise.resolve(null),
        pieces: ({ channel, account, messageId, conversation, draft }, text) =>
          splitText(text, 4_000).map((piece, index) => ({
            channel,
            account,
            id: `${account === 'default' ? '' : account}${messageId}:${index}`,
            place: (places.last += 1),
            to: conversation,
            text: piece,
            replyTo: null,
            replaces: index === 0 ? draft : null,
            buttons: [],
          })),
        queued: (answers) => sent.push(...answers),
        unsent: () => 0,
        show: (_message, run) => run.ended.then(() => null),
        warn: (message) => warnings.push(message),
        ...ports,
      },
      stop.signal,
    )
    const receptionPorts: ReceptionPorts = {
      desk,
      store: messages,
      rules: () => rules.now,
      reply:
        reply ??
        (async (list) => {
          replies.push(...list)
        }),
      kept: (message) => answering.add(message, false),
      record: (_account, _incoming, reception) => receptions.push(reception),
      recorded: async (change, run) => {
        if (record.full) return null
        changes.push(change)
        return run()
      },
      inviterStands: (maker) => !gone.has(maker.id),
      clock: () => live.time.now,
    }
    for (const message of waiting) answering.add(message, true)
    return {
      desk,
      answering,
      runs,
      sent,
      replies,
      receptions,
      warnings,
      changes,
      record,
      waiting,
      queued,
      texts: () => sent.map(({ text }) => text),
      message: (message: Incoming, account = TELEGRAM) => receive(account, message, receptionPorts),
      /** Nothing is finished, nothing is said goodbye to. */
      kill: () => stop.abort(),
      idle: () => until(() => answering.size === 0),
    }
  }

  return {
    live,
    messages,
    rules,
    gone,
    start,
    async [Symbol.asyncDispose]() {
      for (const { stop } of lives) stop.abort()
      for (const { runs } of lives) await runs.drain(0)
      await live[Symbol.asyncDispose]()
    },
  }
}
