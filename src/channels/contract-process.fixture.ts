/**
 * For tests, as a process of its own: an account that connects, says something, and ends at SIGTERM. When nothing of it is
 * left open, so does the process. `node contract-process.fixture.ts <channel> <secret settings> <plain settings>`
 */
import { Secret } from '../core/secret.ts'
import { CHANNELS, channelNamed } from './index.ts'
import type { ChannelKind } from './kind.ts'
import type { Receiver } from './types.ts'

const [, , channel = '', secret = '{}', plain = '{}'] = process.argv
const kind = (channelNamed(channel) ?? CHANNELS.telegram) as ChannelKind<object>
const secrets = Object.entries(JSON.parse(secret) as Record<string, string>)
const settings = {
  ...(JSON.parse(plain) as object),
  ...Object.fromEntries(secrets.map(([field, value]) => [field, new Secret(value)])),
}
const ref = { channel, account: 'default' }
const cursor = { get: () => null, set: () => Promise.resolve() }
const account = await kind.open(ref, settings, { cursor, warn: () => {} })

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const to = { kind: 'dm', id: '15550000001' } as const
const receiver: Receiver = {
  message: () => Promise.resolve(),
  press: () => Promise.resolve(null),
  connected: () => void speak(),
}
async function speak(): Promise<void> {
  await account.typing(to, stop.signal)
  const message = { id: 'answer-1', to, text: 'hello', replyTo: null, buttons: [] }
  const { kind: said } = await account.send(message, stop.signal)
  process.stdout.write(`${said}\n`)
}
await account.run(receiver, stop.signal)
