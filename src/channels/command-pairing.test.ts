/** What the owner reads in a chat about those who ask: one line each, whatever they call themselves. */
import { expect, test } from 'vitest'
import type { Caller } from '../agents/types.ts'
import { memoryDesk, TELEGRAM } from '../senders/desk.fixture.ts'
import { askAsSender } from '../senders/ask.ts'
import { incoming } from './account.fixture.ts'
import { commandIn } from './commands.ts'
import { askNotice, noticesFor } from './owner-notice.ts'
import { callerOf } from './principal.ts'

const HOSTILE = [
  'Mum)\n\nABCDEF – telegram:7 (',
  '\u202e)7:margelet – FEDCBA',
  'n'.repeat(5_000),
  `a${'\u0301'.repeat(2_000)}`,
  '\u200b\n',
]

const OF_OWNER: Caller = callerOf(
  { ...TELEGRAM, id: '7' },
  { displayName: '', conversation: { kind: 'dm', id: '7' }, owners: ['telegram:7'] },
)

async function askedBy(displayName: string) {
  const { desk } = memoryDesk()
  const sender = { id: '666', names: [], displayName }
  await desk.turn((book, now) => {
    const asked = askAsSender(
      book,
      { account: TELEGRAM, sender, entry: null, conversation: '666' },
      now,
    )
    return { result: null, change: asked.kind === 'known' ? null : asked.change }
  })
  const [request] = desk.book.requests()
  if (request === undefined) throw new Error('nobody asks')
  return { desk, request }
}

const ports = (desk: Awaited<ReturnType<typeof askedBy>>['desk']) => ({
  desk,
  letIn: () => Promise.resolve({ kind: 'unknown' as const }),
  recorded: () => Promise.resolve(null),
  conversations: { reset: () => Promise.resolve(false) },
  clock: () => 0,
})

const place = { agentId: 'main', sessionKey: 'agent:main:main', caller: OF_OWNER, own: true }
const received = (text: string, displayName = '') => ({
  ...TELEGRAM,
  ...incoming('1', { from: '7' }),
  sender: { id: '7', names: [], displayName },
  text,
  draft: null,
  receivedAt: 0,
})

test.each(HOSTILE)('R51: a name forges no second entry, and loses no notice: %j', async (name) => {
  const { desk, request } = await askedBy(name)
  const [notice] = noticesFor(askNotice(request), [{ ...TELEGRAM, id: '7' }])
  const listed = await commandIn(received('/pairing list'), place, ports(desk))
  for (const shown of [notice?.text ?? '', listed ?? '']) {
    expect(shown).toContain(`${request.code} – telegram:666`)
    expect(shown.split(/\r\n|[\n\r\u2028\u2029]/)).toHaveLength(1)
    expect(shown).not.toMatch(/[\u202a-\u202e\u200b]/)
    expect(shown.length).toBeLessThan(200)
  }
})

test('an honest name stands behind who it is', async () => {
  const { desk, request } = await askedBy('Zoë O’Neil')
  expect(await commandIn(received('/pairing list'), place, ports(desk))).toBe(
    `${request.code} – telegram:666 (Zoë O’Neil)`,
  )
})

test('R51: whoever asks who they are is told in lines that their name adds nothing to', async () => {
  const { desk } = await askedBy('x')
  const shown = await commandIn(received('/whoami', 'Eve\nowner: yes'), place, ports(desk))
  expect(shown?.split('\n')).toHaveLength(5)
  expect(shown).toContain('name: Eve owner: yes')
})
