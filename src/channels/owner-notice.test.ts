/** Whom a notice reaches: owners by their id alone, on networks where an id is an address. */
import { expect, test } from 'vitest'
import { memoryDesk, requestOf } from '../senders/desk.fixture.ts'
import { channelNamed } from './index.ts'
import { askNotice, noticesFor } from './owner-notice.ts'
import { ownersIn } from './principal.ts'

test('R51: ids alone, as the network writes them; a name, a list of parts or a stranger to us is nobody', async () => {
  const { desk } = memoryDesk()
  const request = await requestOf(desk, '1001')
  const owners = ownersIn(
    [
      'telegram:7',
      'telegram:work:8',
      'whatsapp:+1 (234) 567-8901',
      'telegram:@boss_name',
      'telegram:boss_name',
      'telegram:a:b:9',
      'discord:100000000000000007',
      'irc:7',
      'telegram:',
      '*',
      'telegram:*',
    ],
    (channel) => channelNamed(channel)?.entryKind ?? null,
  )
  const notices = noticesFor(askNotice(request), owners)
  expect(notices.map(({ channel, account, to }) => [channel, account, to.id])).toEqual([
    ['telegram', 'default', '7'],
    ['telegram', 'work', '8'],
    ['whatsapp', 'default', '12345678901'],
  ])
  expect(new Set(notices.map(({ id }) => id)).size).toBe(3)
})
