/** Printed configuration of chat networks does what docs/printed-commands.md says: who is heard, and who shares a conversation. */
import { expect, onTestFinished, test } from 'vitest'
import { LET_IN } from '../src/channels/let-in.ts'
import { openNetworks, type Person } from './printed/networks.fixture.ts'
import { DM_LOCKED, DM_OPEN, DM_PAIRING } from './printed/snippets-chat.ts'

const CODE = /^Pairing required\. Code: ([A-Z2-9]{6})$/

async function on(text: string, lines: readonly string[] = []) {
  const networks = await openNetworks(text, lines)
  onTestFinished(() => networks.close())
  return networks
}

test('pairing: a stranger gets a code on each network, and is heard once it is approved', async () => {
  const { asks, hears, shell } = await on(DM_PAIRING.text)
  const people: readonly Person[] = [
    { network: 'telegram', id: '1001' },
    { network: 'discord', id: '80351110224678912' },
    { network: 'whatsapp', id: '15550001001' },
  ]
  for (const person of people) {
    const [, code] = CODE.exec(await asks(person)) ?? []
    expect(code).toBeDefined()
    const typed = await shell.type(`openclaw pairing approve ${person.network} ${code}`)
    expect(typed).toMatchObject({ code: 0, output: expect.stringMatching(/^ +told +yes,/m) })
    await hears(person, LET_IN)
    expect(await asks(person)).toContain(`${person.network}:`)
  }
})

test('locked: the ids of the lists are heard, others are not', async () => {
  const { asks, isTurnedAway } = await on(DM_LOCKED.text)
  expect(await asks({ network: 'telegram', id: '123456789' })).toContain('telegram:123456789')
  expect(await asks({ network: 'telegram', id: '987654321' })).toContain('telegram:987654321')
  expect(await asks({ network: 'whatsapp', id: '1234567890' })).toContain('whatsapp:')
  const strangers: readonly Person[] = [
    { network: 'telegram', id: '12345678' },
    { network: 'whatsapp', id: '12345678901' },
    { network: 'discord', id: '80351110224678999' },
  ]
  for (const person of strangers)
    expect(await isTurnedAway(person, 'sender_not_allowed')).toEqual([])
})

test('locked: a name of the list lets nobody in until the owner has said who bears it', async () => {
  const { asks, hears, isTurnedAway, shell } = await on(DM_LOCKED.text)
  const first: Person = { network: 'discord', id: '80351110224678901', name: 'user#1234' }
  const second: Person = { network: 'discord', id: '80351110224678902', name: 'user#1234' }
  const [, code] = CODE.exec(await asks(first)) ?? []
  expect(await isTurnedAway(second, 'sender_not_allowed')).toEqual([])
  expect(await shell.type(`openclaw pairing approve discord ${code}`)).toMatchObject({ code: 0 })
  await hears(first, LET_IN)
  expect(await asks(first)).toContain('discord:80351110224678901')
  expect(await isTurnedAway(second, 'sender_not_allowed')).toEqual([])
})

test('open: everybody is heard, for as long as the list says so', async () => {
  const anybody: Person = { network: 'discord', id: '80351110224678912' }
  const open = await on(DM_OPEN.text)
  expect(await open.asks(anybody)).toContain('discord:80351110224678912')
  const shut = await on(DM_OPEN.text, ["openclaw config set channels.discord.allowFrom '[]'"])
  expect(await shut.isTurnedAway(anybody, 'sender_not_allowed')).toEqual([])
})

test('disabled: nobody is heard, not even who is on the list', async () => {
  const lines = ['openclaw config set channels.telegram.dmPolicy disabled']
  const { isTurnedAway } = await on(DM_LOCKED.text, lines)
  const listed: Person = { network: 'telegram', id: '123456789' }
  expect(await isTurnedAway(listed, 'dm_disabled')).toEqual([])
})

/** Anna writes from three places; Ben’s id on one network is Cleo’s on another. */
const ANNA: readonly Person[] = [
  { network: 'telegram', id: '1' },
  { network: 'telegram second', id: '1' },
  { network: 'discord', id: '80351110224678912' },
]
const BEN: Person = { network: 'telegram', id: '15550001001' }
const CLEO: Person = { network: 'whatsapp', id: '15550001001' }
const OPEN = `session:
  identityLinks: { anna: ["telegram:1", "discord:80351110224678912"] }
channels:
  telegram: { dmPolicy: open, allowFrom: ["*"] }
  discord: { dmPolicy: open, allowFrom: ["*"] }
  whatsapp: { dmPolicy: open, allowFrom: ["*"] }
`

test.each([
  ['unset', 'A A A A A'],
  ['main', 'A A A A A'],
  ['per-peer', 'A A A B C'],
  ['per-channel-peer', 'A A B C D'],
  ['per-account-channel-peer', 'A B C D E'],
])('session.dmScope %s: who shares a conversation is %s', async (scope, expected) => {
  const lines = scope === 'unset' ? [] : [`openclaw config set session.dmScope ${scope}`]
  const { asks } = await on(OPEN, lines)
  const met: string[] = []
  const letters: string[] = []
  for (const person of [...ANNA, BEN, CLEO]) {
    const [, session = ''] = /^session: (.+)$/m.exec(await asks(person)) ?? []
    expect(session).not.toBe('')
    if (!met.includes(session)) met.push(session)
    letters.push('ABCDE'.charAt(met.indexOf(session)))
  }
  expect(letters.join(' ')).toBe(expected)
})
