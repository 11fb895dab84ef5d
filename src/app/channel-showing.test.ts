/** An answer that grows on Telegram: one message, changed as it grows and at last the whole; through the real client library. */
import { expect, onTestFinished, test, vi } from 'vitest'
import type { RunEnd } from '../agents/types.ts'
import { ChannelHost } from '../channels/host.ts'
import { showWhile } from '../channels/showing.ts'
import type { Received } from '../channels/store.ts'
import { telegram } from '../channels/telegram/index.ts'
import { TelegramStandIn } from '../channels/telegram/telegram-stand-in.fixture.ts'
import { Secret } from '../core/secret.ts'
import { piecesOf } from './channel-place.ts'
import { showingOf } from './channel-showing.ts'

const ref = { channel: 'telegram', account: 'default' }
const MESSAGE: Received = {
  ...ref,
  messageId: '42.1',
  conversation: { kind: 'dm', id: '42' },
  sender: { id: '42', names: [], displayName: 'Nick' },
  text: 'tell me a story',
  receivedAt: 0,
  draft: null,
}
const WAIT = { timeout: 10_000 }

async function opened() {
  const network = await TelegramStandIn.start()
  const settings = { token: new Secret(network.token), apiBase: network.apiBase }
  const ports = { cursor: { get: () => null, set: async () => {} }, warn: () => {} }
  const host = new ChannelHost({
    due: () => true,
    store: { forget: async () => {} },
    receiver: () => ({ message: async () => {}, press: async () => null, connected: () => {} }),
    clock: Date.now,
    answered: () => {},
    problemOf: () => 'a problem',
    warn: () => {},
  })
  const open = () => telegram.open(ref, settings, ports)
  await host.apply([{ ref, print: '1', problem: null, open }])
  await vi.waitFor(() => expect(network.calls).toContain('getUpdates'), WAIT)
  onTestFinished(async () => {
    await host.stop()
    await network.stop()
  })
  return { network, host }
}

/** A run whose agent says what the test does. */
function run() {
  const ended = Promise.withResolvers<RunEnd>()
  const listeners: ((piece: string) => void)[] = []
  return {
    ended: ended.promise,
    onPiece(listener: (piece: string) => void) {
      listeners.push(listener)
      return () => {}
    },
    say: (piece: string) => listeners.forEach((listener) => listener(piece)),
    finish: () => ended.resolve({ kind: 'answered', text: '', durationMs: 0 }),
  }
}

test.each([
  ['the answer takes the place of what was shown', false],
  ['somebody deleted it meanwhile: the answer is sent', true],
])('%s', async (_what, deleted) => {
  const { network, host } = await opened()
  const { signal } = new AbortController()
  const kept: string[] = []
  const store = { drafted: async (_message: unknown, draft: string) => void kept.push(draft) }
  const story = run()
  const showing = showingOf(MESSAGE, { host, store, signal })
  const shown = showWhile(story, null, showing, signal)
  story.say('Once')
  await vi.waitFor(() => expect(network.sent).toMatchObject([{ text: 'Once …' }]), WAIT)
  expect(network.calls.filter((call) => call === 'sendChatAction')).toHaveLength(1)
  story.say(' upon')
  await vi.waitFor(() => expect(network.sent).toMatchObject([{ text: 'Once upon …' }]), WAIT)
  story.finish()
  const draft = await shown
  expect(kept).toEqual([draft])

  if (deleted) network.sent.splice(0)
  const pieces = piecesOf({ ...MESSAGE, draft }, 'Once upon a time', 4_096)
  host.send(pieces.map((piece) => ({ ...piece, place: 1 })))
  await vi.waitFor(() => expect(network.sent).toMatchObject([{ text: 'Once upon a time' }]), WAIT)
  expect(network.calls.filter((call) => call === 'sendMessage')).toHaveLength(deleted ? 2 : 1)
})
