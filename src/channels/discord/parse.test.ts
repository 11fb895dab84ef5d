/** Who wrote on Discord, as far as it counts. */
import { GatewayDispatchEvents, type GatewayDispatchPayload } from '@discordjs/core/http-only'
import { expect, test } from 'vitest'
import { parseEvent } from './parse.ts'

const US = '900000000000000001'
const AUTHOR = { id: '200000000000000001', username: 'anna', discriminator: '0', global_name: null }

function parsed(message: Record<string, unknown>) {
  const d = {
    id: '1000000000000000001',
    type: 0,
    channel_id: '300000000000000001',
    author: AUTHOR,
    content: 'hi',
    timestamp: '2026-01-02T03:04:05Z',
    mentions: [],
    ...message,
  }
  const event = parseEvent(asEvent(GatewayDispatchEvents.MessageCreate, d), US)
  return event.kind === 'message' ? event.incoming : null
}

function pressed(changes: Record<string, unknown>) {
  const d = {
    id: '1000000000000000001',
    application_id: '900000000000000009',
    type: 3,
    token: 'a-token',
    channel: { id: '300000000000000001' },
    user: AUTHOR,
    data: { component_type: 2, custom_id: 'yes' },
    ...changes,
  }
  const event = parseEvent(asEvent(GatewayDispatchEvents.InteractionCreate, d), US)
  return event.kind === 'press' ? event.press : null
}

/** Of what the network sends we state as much as matters. */
function asEvent(t: string, d: unknown): GatewayDispatchPayload {
  return { op: 0, s: 1, t, d } as unknown as GatewayDispatchPayload
}

test.for([
  { name: 'a username', author: AUTHOR, names: ['anna'], displayName: 'anna' },
  {
    name: 'a username with four digits',
    author: { ...AUTHOR, discriminator: '1234' },
    names: ['anna', 'anna#1234'],
    displayName: 'anna',
  },
  {
    name: 'a display name, which anybody may take',
    author: { ...AUTHOR, global_name: 'The Owner' },
    names: ['anna'],
    displayName: 'The Owner',
  },
])('$name', ({ author, names, displayName }) => {
  expect(parsed({ author })?.sender).toEqual({ id: AUTHOR.id, names, displayName })
})

test.for([
  { name: 'a bot', message: { author: { ...AUTHOR, bot: true } } },
  { name: 'Discord itself', message: { author: { ...AUTHOR, system: true } } },
  { name: 'a webhook, whatever name and id it shows', message: { webhook_id: '7' } },
])('$name is nobody who could be allowed', ({ message }) => {
  expect(parsed(message)?.sender).toEqual({ id: '', names: [], displayName: '' })
})

test.for([
  { name: 'our own message', message: { author: { ...AUTHOR, id: US, bot: true } } },
  { name: 'somebody joined', message: { type: 7 } },
  { name: 'somebody pinned a message', message: { type: 6 } },
  { name: 'a thread began', message: { type: 21 } },
])('$name is no message', ({ message }) => {
  expect(parsed(message)).toBeNull()
})

test.for([
  { content: `<@${US}> what now?`, text: 'what now?' },
  { content: `what now, <@!${US}>?`, text: 'what now, ?' },
  { content: '<@200000000000000002> knows', text: '<@200000000000000002> knows' },
  { content: `<@${US}0> is somebody else`, text: `<@${US}0> is somebody else` },
  { content: '', text: null },
])('the text of "$content" is "$text"', ({ content, text }) => {
  expect(parsed({ content })?.read()).toBe(text)
})

test('a message that was passed on answers nobody', () => {
  const guild_id = '400000000000000001'
  const referenced_message = { id: '1', author: { id: US } }
  expect(parsed({ guild_id, type: 19, referenced_message })?.addressed).toBe(true)
  expect(parsed({ guild_id, type: 0, referenced_message })?.addressed).toBe(false)
  expect(parsed({ guild_id, type: 19, referenced_message: null })?.addressed).toBe(false)
})

test('only buttons are pressed, by people, where we are', () => {
  expect(pressed({})?.sender.id).toBe(AUTHOR.id)
  expect(pressed({ user: undefined, member: { user: AUTHOR } })?.sender.id).toBe(AUTHOR.id)
  expect(pressed({ user: { ...AUTHOR, bot: true } })?.sender.id).toBe('')
  expect(pressed({ user: undefined })).toBeNull()
  expect(pressed({ type: 2 })).toBeNull()
  expect(pressed({ data: { component_type: 3, custom_id: 'yes', values: [] } })).toBeNull()
  expect(pressed({ context: 2 })).toBeNull()
})
