/**
 * For tests: Discord on loopback, by its documentation: real HTTP and a real WebSocket. People speak in it through `say`
 * and `press`; what the bot says stands in `sent`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { GatewayIntentBits } from '@discordjs/core/http-only'
import { StandInGateway } from './discord-stand-in-gateway.fixture.ts'

export const BOT = {
  id: '900000000000000001',
  username: 'claw',
  discriminator: '0',
  global_name: null,
  avatar: null,
  bot: true,
}

export interface Person {
  readonly id: string
  readonly username: string
  readonly discriminator?: string
  readonly global_name?: string | null
  readonly bot?: boolean
}

export interface Saying {
  readonly from: Person
  readonly text: string
  readonly channelId: string
  /** Id of the server that the channel belongs to; a direct message without it. */
  readonly guild?: string
  readonly id?: string
  /** Anything else of a message, as Discord has it: `mentions`, `referenced_message`, `webhook_id`, `type`. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface Pressing {
  readonly from: Person
  readonly data: string
  readonly channelId: string
  readonly guild?: string
  readonly more?: Readonly<Record<string, unknown>>
}

/** A message that the bot wrote. */
export interface SentMessage {
  readonly channelId: string
  readonly id: string
  /** As it is now: it may have been edited. */
  content: string
  readonly nonce: string | undefined
  /** It called everybody in the channel. */
  readonly pingedEveryone: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** An answer to a press: the body of the callback, or what an answer was changed to. */
export interface Answered {
  readonly path: string
  readonly body: unknown
}

/** https://discord.com/developers/docs/resources/message#create-message */
const MOST_TEXT = 2_000

type Body = Record<string, unknown>

const SNOWFLAKES = 1_000_000_000_000_000_000n

export async function startDiscordStandIn({
  token,
  allowedIntents = GatewayIntentBits.GuildMessages |
    GatewayIntentBits.DirectMessages |
    GatewayIntentBits.MessageContent,
  upgrade,
}: {
  readonly token: string
  readonly allowedIntents?: number
  /** What becomes of WebSockets, where none is made of them. */
  readonly upgrade?: () => void
}) {
  const sent: SentMessage[] = []
  /** Texts that messages had in between. */
  const edits: string[] = []
  const answered: Answered[] = []
  const typed: string[] = []
  const state: {
    next: number
    failures: number
    status: number
    code: number | null
    waitSeconds: number
    requests: number
    mood: 'well' | 'silent' | 'careless'
  } = {
    next: 1,
    failures: 0,
    status: 500,
    code: 0,
    waitSeconds: 0,
    requests: 0,
    mood: 'well',
  }
  const startsLeft = { count: 1_000 }
  const nextId = (): string => String(SNOWFLAKES + BigInt(state.next++))

  const server = createServer((request, response) => {
    state.requests += 1
    void answer(request, response).catch(() => reply(response, 500, {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const gateway = new StandInGateway(server, {
    token,
    user: BOT,
    allowedIntents,
    address: () => `ws://127.0.0.1:${port}`,
    upgrade,
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (state.mood === 'silent') return
    if (state.mood === 'careless') {
      const message = `as the test wants it: ${request.headers.authorization}`
      return reply(response, 400, { message, code: 50035 })
    }
    const path = decodeURIComponent((request.url ?? '').replace(/^\/api\/v10/, ''))
    const body = await bodyOf(request)
    // Whoever answers an interaction shows its token, in the path.
    const interaction = /^\/interactions\/|^\/webhooks\//.test(path)
    if (!interaction && request.headers.authorization !== `Bot ${token}`)
      return reply(response, 401, { message: '401: Unauthorized', code: 0 })
    if (interaction) {
      answered.push({ path, body })
      return path.startsWith('/webhooks/')
        ? reply(response, 200, { id: nextId() })
        : void response.writeHead(204).end()
    }
    if (path === '/users/@me') return reply(response, 200, BOT)
    if (path === '/gateway/bot') return reply(response, 200, gatewayBot())
    const edited = /^\/channels\/(\d+)\/messages\/(\d+)$/.exec(path)
    if (edited !== null && request.method === 'PATCH') return edit(response, edited, body)
    const channel = /^\/channels\/(\d+)\/(messages|typing)$/.exec(path)
    if (channel === null) return reply(response, 404, { message: '404: Not Found', code: 0 })
    if (channel[2] === 'typing') {
      typed.push(channel[1] ?? '')
      return void response.writeHead(204).end()
    }
    if (state.waitSeconds > 0) return tooMany(response)
    if (state.failures > 0) {
      state.failures -= 1
      const { status, code } = state
      if (code === null) return void response.writeHead(status).end('<html>')
      // A careless one repeats what it was sent.
      const message = `as the test wants it: ${request.headers.authorization}`
      return reply(response, status, { message, code })
    }
    tellLimit(response, 4, 5)
    if (String(body['content']).length > MOST_TEXT)
      return reply(response, 400, { message: 'Invalid Form Body', code: 50035 })
    const message = takeMessage(channel[1] ?? '', body)
    reply(response, 200, { id: message.id, channel_id: message.channelId, author: BOT, ...body })
  }

  function edit(response: ServerResponse, [, channelId, id]: RegExpExecArray, body: Body): void {
    if (state.waitSeconds > 0) return tooMany(response)
    const message = sent.find((one) => one.id === id && one.channelId === channelId)
    if (message === undefined)
      return reply(response, 404, { message: 'Unknown Message', code: 10_008 })
    edits.push(message.content)
    message.content = String(body['content'])
    reply(response, 200, { id, channel_id: channelId, author: BOT, ...body })
  }

  function tooMany(response: ServerResponse): void {
    const seconds = state.waitSeconds
    state.waitSeconds = 0
    response.setHeader('retry-after', String(seconds))
    response.setHeader('x-ratelimit-scope', 'user')
    tellLimit(response, 0, seconds)
    const message = 'You are being rate limited.'
    reply(response, 429, { message, retry_after: seconds, global: false })
  }

  function takeMessage(channelId: string, body: Body): SentMessage {
    const nonce = typeof body['nonce'] === 'string' ? body['nonce'] : undefined
    const same =
      body['enforce_nonce'] === true && nonce !== undefined
        ? sent.find((message) => message.nonce === nonce && message.channelId === channelId)
        : undefined
    if (same !== undefined) return same
    const content = String(body['content'])
    const allowed = body['allowed_mentions'] as { parse?: string[] } | undefined
    const message: SentMessage = {
      channelId,
      id: nextId(),
      content,
      nonce,
      pingedEveryone:
        /@everyone|@here/.test(content) && (allowed?.parse?.includes('everyone') ?? true),
      body,
    }
    sent.push(message)
    return message
  }

  function gatewayBot(): unknown {
    return {
      url: `ws://127.0.0.1:${port}`,
      shards: 1,
      session_start_limit: {
        total: 1_000,
        remaining: startsLeft.count,
        reset_after: 3_600_000,
        max_concurrency: 50,
      },
    }
  }

  return {
    apiBase: `http://127.0.0.1:${port}/api`,
    gateway,
    sent,
    edits,
    answered,
    /** Channels in which the bot was seen typing. */
    typed,
    startsLeft,
    get requests() {
      return state.requests
    },
    /** Somebody writes. Returns the id of the message. */
    say({ from, text, channelId, guild, id = nextId(), more = {} }: Saying): string {
      gateway.tell('MESSAGE_CREATE', {
        id,
        type: 0,
        channel_id: channelId,
        ...(guild !== undefined && { guild_id: guild }),
        author: { discriminator: '0', global_name: null, avatar: null, ...from },
        content: text,
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        tts: false,
        mention_everyone: false,
        mentions: [],
        mention_roles: [],
        attachments: [],
        embeds: [],
        pinned: false,
        ...more,
      })
      return id
    },
    /** Somebody presses a button under a message of the bot. Returns the id of the interaction. */
    press({ from, data, channelId, guild, more = {} }: Pressing): string {
      const id = nextId()
      const user = { discriminator: '0', global_name: null, avatar: null, ...from }
      gateway.tell('INTERACTION_CREATE', {
        id,
        application_id: '900000000000000009',
        type: 3,
        token: `interaction-token-${id}`,
        version: 1,
        channel_id: channelId,
        channel: { id: channelId, type: guild === undefined ? 1 : 0 },
        context: guild === undefined ? 1 : 0,
        ...(guild === undefined ? { user } : { guild_id: guild, member: { user, roles: [] } }),
        message: { id: nextId(), author: BOT },
        data: { component_type: 2, custom_id: data },
        ...more,
      })
      return id
    },
    /** The next `count` messages are answered with `status`, and Discord's own `code` for it; `null` for what is not Discord's. */
    failNext(count: number, status: number, code: number | null = 0): void {
      Object.assign(state, { failures: count, status, code })
    },
    /** The next message hears that it comes too soon. */
    rateLimitNext(seconds: number): void {
      state.waitSeconds = seconds
    },
    /** `silent`: answers no request any more. `careless`: refuses every one, and repeats what it was sent. */
    feel(mood: (typeof state)['mood']): void {
      state.mood = mood
    },
    dropConnections: () => gateway.drop(),
    async stop(): Promise<void> {
      gateway.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  if (request.headers['content-type'] !== 'application/json') return {}
  return (await json(request)) as Body
}

/** What Discord says with every answer about messages of a channel. */
function tellLimit(response: ServerResponse, remaining: number, resetSeconds: number): void {
  response.setHeader('x-ratelimit-bucket', 'messages')
  response.setHeader('x-ratelimit-limit', '5')
  response.setHeader('x-ratelimit-remaining', String(remaining))
  response.setHeader('x-ratelimit-reset-after', String(resetSeconds))
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
