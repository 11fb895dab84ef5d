/** Answers that somebody watches grow, and somebody who writes faster than they are answered. */
import { expect, test, vi } from 'vitest'
import { puppet } from '../agents/live-runs.fixture.ts'
import { incoming } from './account.fixture.ts'
import { MOST_WAITING } from './answering.ts'
import { liveChannel, until } from './live-channel.fixture.ts'

const never = () => new Promise<never>(() => {})

test('whoever writes faster than they are answered is told so once, and answered again afterwards', async () => {
  await using channel = await liveChannel()
  const { agent, heard, finish } = puppet()
  const life = await channel.start({ agent })
  const write = (name: string) => life.message(incoming(name))
  for (let n = 0; n < MOST_WAITING + 5; n += 1) await write(`m${n}`)
  await life.message(incoming('other', { from: '43' }))
  await until(() => life.sent.length === 1)
  expect(life.texts()).toEqual([expect.stringContaining('faster than I answer')])
  expect(life.answering.size).toBe(MOST_WAITING + 1)
  for (let n = 0; n < MOST_WAITING + 1; n += 1) finish()
  await life.idle()
  expect(heard).toContain('message other')
  expect(heard.filter((text) => text.startsWith('message m'))).toHaveLength(MOST_WAITING)
  expect(await channel.messages.load()).toMatchObject({ waiting: [] })

  finish()
  await write('later')
  await life.idle()
  expect(heard).toContain('message later')
})

test('the answer takes the place of the message that showed it, also after a death', async () => {
  await using channel = await liveChannel()
  const first = await channel.start({
    agent: puppet().agent,
    ports: {
      show: async (message) => {
        await channel.messages.drafted(message, 'n7')
        return never()
      },
    },
  })
  await first.message(incoming('1'))
  await until(() => first.answering.size === 1)
  await vi.waitFor(async () =>
    expect(await channel.messages.load()).toMatchObject({ waiting: [{ draft: 'n7' }] }),
  )
  first.kill()

  const drafts: (string | null)[] = []
  const second = await channel.start({
    ports: {
      show: async (message, run) => {
        drafts.push(message.draft)
        await run.ended
        return message.draft
      },
    },
  })
  await second.idle()
  expect(drafts).toEqual(['n7'])
  expect(second.sent).toMatchObject([{ replaces: 'n7' }])
})
