/** Every entry that lets nobody in is named, with its place and what to write; nothing else is. */
import { expect, test } from 'vitest'
import { configSchema } from '../config/schema.ts'
import { problemText } from '../config/problem.ts'
import { channelWarnings } from './channel-warnings.ts'

function warningsOf(channels: object, ownerAllowFrom: readonly string[] = []): readonly string[] {
  const config = configSchema.parse({ channels, commands: { ownerAllowFrom } })
  return channelWarnings(config).map(problemText)
}

const token = '4242:token-of-a-bot'

test('what is written as it should be is left alone', () => {
  const telegram = { token, allowFrom: [123, 'nick_name'], groupAllowFrom: ['*', 7] }
  const secrets = { token, phoneNumberId: '1', appSecret: 'signs', verifyToken: 'verifies' }
  const whatsapp = { accounts: { work: { ...secrets, allowFrom: ['+1 (234) 567-8901'] } } }
  const webchat = { dmPolicy: 'open', allowFrom: ['*', 'user:alice'] }
  expect(
    warningsOf({ telegram, whatsapp, webchat }, ['telegram:7', 'whatsapp:work:+12345678901']),
  ).toEqual([])
  // A network without an account says nothing about anybody.
  expect(warningsOf({ discord: { allowFrom: ['!'] } })).toEqual([])
})

test('entries that nobody can be are named where they stand', () => {
  const telegram = {
    token,
    allowFrom: ['0', '42'],
    accounts: { work: { token, allowFrom: ['a b'] } },
  }
  const found = warningsOf({ telegram, webchat: { allowFrom: ['alice'] } }, [
    'boss',
    'telegram:boss_name',
    'irc:7',
  ])
  expect(found).toEqual([
    expect.stringMatching(
      /^channels\.telegram\.allowFrom: "0" lets nobody in\. Write a Telegram user id/,
    ),
    expect.stringMatching(/^channels\.telegram\.accounts\.work\.allowFrom: "a b" lets nobody in/),
    expect.stringMatching(
      /^channels\.webchat\.allowFrom: "alice" lets nobody in\. Write .*device:<id>/,
    ),
    expect.stringMatching(/^commands\.ownerAllowFrom: "boss" is nobody/),
    expect.stringMatching(/^commands\.ownerAllowFrom: "telegram:boss_name" is nobody/),
    expect.stringMatching(/^commands\.ownerAllowFrom: "irc:7" is nobody/),
  ])
})

test('a name lets nobody in where nobody is asked', () => {
  const telegram = { token, allowFrom: ['nick_name'], groupAllowFrom: ['nick_name'] }
  expect(warningsOf({ telegram })).toEqual([
    'channels.telegram.groupAllowFrom: "nick_name" lets nobody in. Write an id; /whoami says it',
  ])
})

test.each([
  [{ dmPolicy: 'open', allowFrom: [7] }, /works as "locked"/],
  [
    { dmPolicy: 'pairing', allowFrom: ['*'] },
    /counts for dmPolicy "open" alone, and dmPolicy is "pairing"/,
  ],
  [{ dmPolicy: 'allowlist', allowFrom: ['*'] }, /dmPolicy is "locked"/],
])('a policy and a list that do not fit: %j', (rules, said) => {
  expect(warningsOf({ telegram: { token, ...rules } })).toEqual([expect.stringMatching(said)])
})

test('an account that cannot run says what it lacks, and where', () => {
  const accounts = { work: { allowFrom: [7] } }
  const whatsapp = { token, phoneNumberId: '1' }
  expect(warningsOf({ telegram: { token, accounts }, whatsapp })).toEqual([
    expect.stringMatching(
      /^channels\.telegram\.accounts\.work: the account does not run: no token: .*config set channels\.telegram\.accounts\.work\.<name>/,
    ),
    expect.stringMatching(/^channels\.whatsapp: the account does not run: appSecret, verifyToken/),
  ])
})
