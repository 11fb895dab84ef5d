/** For tests: Telegram's Bot API on loopback, speaking its documented wire (https://core.telegram.org/bots/api). */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'

export const BOT = { id: 4242, is_bot: true, first_name: 'Claw', username: 'claw_bot' }

/** In UTF-16 units: https://core.telegram.org/bots/api#sendmessage */
const MOST_TEXT = 4_096

export interface SentMessage {
  readonly chatId: string
  readonly id: number
  /** As it is now: it may have been edited. */
  text: string
  readonly replyTo: number | null
  readonly buttons: readonly { readonly text: string; readonly data: string }[]
}

export interface Words {
  readonly from: { readonly id: number; readonly username?: string; readonly name?: string }
  readonly text?: string
  /** Of a group; a direct message without it. */
  readonly group?: number
  /** Overrides parts of the message as Telegram would send it. */
  readonly more?: object
}

interface Failure {
  readonly status: number
  readonly body: object
}

/** What Telegram's servers hold for one bot. */
export class TelegramStandIn {
  readonly token: string
  readonly sent: SentMessage[] = []
  readonly calls: string[] = []
  /** Texts that messages had in between. */
  readonly edits: string[] = []
  readonly pressed: { readonly id: string; readonly text: string | null }[] = []
  webhook: { readonly url: string; readonly secret: string } | null = null
  /** `silent`: answers nothing. `careless`: refuses everything, and repeats what it was sent. */
  mood: 'well' | 'silent' | 'careless' = 'well'
  /** Asked before a message is taken: a failure to answer with, or nothing. */
  sendFails: (chatId: string) => Failure | null = () => null
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  readonly #updates: { update_id: number }[] = []
  #waiting: (() => void)[] = []
  #nextUpdate = 1
  #nextMessage = 1

  private constructor(token: string) {
    this.token = token
  }

  static async start(token = '4242:stand-in-token'): Promise<TelegramStandIn> {
    const standIn = new TelegramStandIn(token)
    standIn.#server.listen(0, '127.0.0.1')
    await once(standIn.#server, 'listening')
    return standIn
  }

  get apiBase(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Somebody writes. Returns the update as it is delivered. */
  say({ from, text, group, more = {} }: Words): object {
    const chat =
      group === undefined ? { id: from.id, type: 'private' } : { id: group, type: 'supergroup' }
    const message = {
      message_id: this.#nextMessage++,
      date: Math.floor(Date.now() / 1000),
      chat,
      from: { is_bot: false, first_name: from.name ?? 'Nick', ...from },
      ...(text !== undefined && { text }),
      ...more,
    }
    return this.#update({ message })
  }

  press(from: Words['from'], data: string): object {
    const message = { message_id: 1, date: 1, chat: { id: from.id, type: 'private' } }
    const person = { is_bot: false, first_name: from.name ?? 'Nick', ...from }
    const id = `press-${this.#nextUpdate}`
    return this.#update({ callback_query: { id, from: person, message, chat_instance: '1', data } })
  }

  /** Methods that are never answered. */
  readonly silentFor = new Set<string>()

  /** Updates that nobody confirmed: they are told again. */
  get unconfirmed(): number {
    return this.#updates.length
  }

  /** Cuts every connection, as a network does. */
  drop(): void {
    this.#server.closeAllConnections()
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #update(what: object): object {
    const update = { update_id: this.#nextUpdate++, ...what }
    this.#updates.push(update)
    for (const wake of this.#waiting.splice(0)) wake()
    return update
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? []
    const answer = (status: number, body: object): void => {
      if (response.destroyed) return
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (this.mood === 'silent') return
    if (this.mood === 'careless')
      return answer(400, { ok: false, error_code: 400, description: `Bad Request: ${request.url}` })
    if (token !== this.token)
      return answer(401, { ok: false, error_code: 401, description: 'Unauthorized' })
    this.calls.push(method)
    if (this.silentFor.has(method)) return
    const input = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    switch (method) {
      case 'getMe':
        return answer(200, { ok: true, result: BOT })
      case 'deleteWebhook':
        this.webhook = null
        return answer(200, { ok: true, result: true })
      case 'setWebhook':
        this.webhook = { url: String(input['url']), secret: String(input['secret_token']) }
        return answer(200, { ok: true, result: true })
      case 'getUpdates':
        return answer(200, { ok: true, result: await this.#pending(input, response) })
      case 'sendChatAction':
        return answer(200, { ok: true, result: true })
      case 'answerCallbackQuery':
        this.pressed.push({
          id: String(input['callback_query_id']),
          text: typeof input['text'] === 'string' ? input['text'] : null,
        })
        return answer(200, { ok: true, result: true })
      case 'sendMessage':
        return this.#send(input, answer)
      case 'editMessageText':
        return this.#edit(input, answer)
      default:
        return answer(404, { ok: false, error_code: 404, description: 'Not Found' })
    }
  }

  /** Updates from `offset` on; earlier ones are forgotten, as their confirmation says. */
  async #pending(
    input: Record<string, unknown>,
    response: ServerResponse,
  ): Promise<readonly object[]> {
    const offset = Number(input['offset'] ?? 0)
    const due = () => this.#updates.filter(({ update_id: id }) => id >= offset).slice(0, 100)
    while (this.#updates[0] !== undefined && this.#updates[0].update_id < offset)
      this.#updates.shift()
    const seconds = Number(input['timeout'] ?? 0)
    if (due().length === 0 && seconds > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, seconds * 1_000)
        const done = (): void => {
          clearTimeout(timer)
          resolve()
        }
        this.#waiting.push(done)
        response.once('close', done)
      })
    }
    return due()
  }

  #send(input: Record<string, unknown>, answer: (status: number, body: object) => void): void {
    const failure = this.sendFails(String(input['chat_id']))
    if (failure !== null) return answer(failure.status, failure.body)
    if (String(input['text']).length > MOST_TEXT)
      return answer(400, { ok: false, error_code: 400, description: 'message is too long' })
    const reply = input['reply_parameters'] as { message_id: number } | undefined
    const markup = input['reply_markup'] as
      | { inline_keyboard: { text: string; callback_data: string }[][] }
      | undefined
    const id = this.#nextMessage++
    this.sent.push({
      id,
      chatId: String(input['chat_id']),
      text: String(input['text']),
      replyTo: reply?.message_id ?? null,
      buttons: (markup?.inline_keyboard.flat() ?? []).map((one) => ({
        text: one.text,
        data: one.callback_data,
      })),
    })
    answer(200, { ok: true, result: { message_id: id, date: 1, chat: {} } })
  }

  #edit(input: Record<string, unknown>, answer: (status: number, body: object) => void): void {
    const failure = this.sendFails(String(input['chat_id']))
    if (failure !== null) return answer(failure.status, failure.body)
    const message = this.sent.find(
      ({ id, chatId }) => id === input['message_id'] && chatId === String(input['chat_id']),
    )
    const refuse = (description: string): void =>
      answer(400, { ok: false, error_code: 400, description: `Bad Request: ${description}` })
    if (message === undefined) return refuse('message to edit not found')
    if (message.text === input['text'])
      return refuse(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      )
    this.edits.push(message.text)
    message.text = String(input['text'])
    answer(200, { ok: true, result: { message_id: message.id, date: 1, chat: {} } })
  }
}
