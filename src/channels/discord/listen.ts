/** Listens to Discord until it is told to stop: one connection after another, each going on where the last one ended. */
import { Encoding, type IContextFetchingStrategy, type SessionInfo } from '@discordjs/ws'
import {
  APIVersion,
  GatewayIntentBits,
  type APIGatewayBotInfo,
  type GatewayDispatchPayload,
} from '@discordjs/core/http-only'
import { counted } from '../../core/counted.ts'
import { backoffMs, pause } from '../backoff.ts'
import { ChannelProblem } from '../kind.ts'
import { Connection, type End } from './connection.ts'
import { problemOfClose } from './errors.ts'
import type { IdentifyTurn } from './identify.ts'
import type { Session } from './session.ts'

const INTENTS =
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.DirectMessages |
  GatewayIntentBits.MessageContent

/** A connection that lasted so long was a good one. */
const SETTLED_MS = 60_000
const DROPS = 3
/** Whoever starts more sessions in a day than Discord allows loses the token: some are left for the operator's own doing. */
const SPARE_STARTS = 10
const UNREACHABLE = 'Discord cannot be reached'

export interface Listening {
  readonly token: string
  readonly session: Session
  /** Where the gateway is, and how often it may be entered. */
  readonly gateway: () => Promise<APIGatewayBotInfo>
  readonly identifyTurn: IdentifyTurn
  readonly live: () => void
  /** `null`: it concerns nobody. Rejects when it could not be kept. */
  readonly take: (event: GatewayDispatchPayload) => Promise<void> | null
}

/** Resolves when `signal` fires, and throws when it cannot go on; nothing is open or under way then. */
export async function listen(listening: Listening, signal: AbortSignal): Promise<void> {
  const { session } = listening
  const busy = new Set<Promise<void>>()
  let drops = 0
  try {
    while (!signal.aborted) {
      const gateway = await listening.gateway()
      if (!isSocketAddress(gateway.url)) throw new ChannelProblem(UNREACHABLE)
      if (!isSocketAddress(session.info()?.resumeURL ?? gateway.url)) session.moveTo(gateway.url)
      const before = session.info()
      if (before === null) mayStart(gateway)
      const began = performance.now()
      const { live } = await connectOnce(listening, { gateway, busy }, signal)
      if (signal.aborted) return
      if (!live) {
        onward(session, before, gateway.url)
        continue
      }
      drops = performance.now() - began >= SETTLED_MS ? 1 : drops + 1
      if (drops > DROPS) throw new ChannelProblem('Discord keeps ending the connection')
      await pause(backoffMs(drops), signal)
    }
  } finally {
    await Promise.all(busy)
    await session.close()
  }
}

/** What can be done about a connection that was none, or a throw: then nothing can. */
function onward(session: Session, before: SessionInfo | null, url: string): void {
  if (before === null) throw new ChannelProblem(UNREACHABLE)
  // A session that Discord does not know any more is followed by a new one at once.
  if (session.info() === null) return
  if (before.resumeURL === url) throw new ChannelProblem(UNREACHABLE)
  session.moveTo(url)
}

interface Around {
  readonly gateway: APIGatewayBotInfo
  /** What is being kept: more than one connection may have brought it. */
  readonly busy: Set<Promise<void>>
}

async function connectOnce(
  { token, session, identifyTurn, live, take }: Listening,
  { gateway, busy }: Around,
  signal: AbortSignal,
): Promise<End> {
  const unkept = new AbortController()
  const stop = AbortSignal.any([signal, unkept.signal])
  const atOnce = gateway.session_start_limit.max_concurrency
  const turn = (_shard: number, given: AbortSignal) => identifyTurn(atOnce, given)
  const connection = new Connection(optionsOf(token, gateway), turn, session, {
    live,
    dispatch(event) {
      const settle = session.take(event.s)
      const taken = take(event)
      if (taken === null) return settle()
      const kept = taken
        .then(settle)
        .catch(() => unkept.abort())
        .finally(() => busy.delete(kept))
      busy.add(kept)
    },
  })
  const end = await endOf(connection, stop)
  if (signal.aborted) return end
  // Discord tells it again to the next connection, which starts where this one could keep no more.
  if (unkept.signal.aborted)
    throw new ChannelProblem('messages cannot be kept: see the log about the store')
  const problem = problemOfClose(end.code)
  if (problem !== null) throw problem
  return end
}

async function endOf(connection: Connection, signal: AbortSignal): Promise<End> {
  const stop = (): void => void connection.destroy()
  signal.addEventListener('abort', stop, { once: true })
  // It says nothing that `ended` does not, and of some ends it says nothing at all.
  void connection.connect().catch(() => undefined)
  const end = await connection.ended
  signal.removeEventListener('abort', stop)
  return end
}

function mayStart({ session_start_limit: { remaining, reset_after } }: APIGatewayBotInfo): void {
  if (remaining >= SPARE_STARTS) return
  const minutes = Math.ceil(reset_after / 60_000)
  throw new ChannelProblem(
    `Discord lets this bot connect anew in ${counted(minutes, 'minute')}: it did too often`,
  )
}

/** What the library would end the process over. */
function isSocketAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && /^wss?:$/.test(url.protocol) && url.hash === ''
}

function optionsOf(
  token: string,
  gatewayInformation: APIGatewayBotInfo,
): IContextFetchingStrategy['options'] {
  const us = 'openclaw'
  return {
    token,
    gatewayInformation,
    intents: INTENTS,
    shardCount: 1,
    version: APIVersion,
    encoding: Encoding.JSON,
    compression: null,
    useIdentifyCompression: false,
    identifyProperties: { browser: us, device: us, os: process.platform },
    initialPresence: null,
    largeThreshold: null,
    handshakeTimeout: 10_000,
    helloTimeout: 15_000,
    readyTimeout: 15_000,
  }
}
