/** What the gateway relies on with every chat network, through the network's own client library (`types.ts`). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Secret } from '../core/secret.ts'
import { answerTo, live, NEVER, WAIT, type ContractRow } from './contract.fixture.ts'
import { overGateway } from './discord/discord-contract.fixture.ts'
import { CHANNELS, type ChannelId } from './index.ts'
import { ChannelProblem } from './kind.ts'
import { fetched, hooked } from './telegram/telegram-contract.fixture.ts'
import { byWebhook } from './whatsapp/whatsapp-contract.fixture.ts'

/** Each network in every way that it can be spoken to. */
const ROWS: Readonly<Record<ChannelId, readonly ContractRow[]>> = {
  telegram: [fetched, hooked],
  discord: [overGateway],
  whatsapp: [byWebhook],
}

test.each(Object.entries(CHANNELS))('%s keeps the contract', (id, kind) => {
  const rows = ROWS[id as ChannelId]
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row.kind).toBe(kind)
})

const WRONG = 'a-wrong-token-that-nobody-may-see'

describe.each(Object.values(ROWS).flat())('$name', (row) => {
  test('a direct message is heard once, with who wrote it, and an answer to it reaches them alone', async () => {
    const { network, heard, account } = await live(row)
    const ids = [
      network.say({ from: 'anna', text: 'good morning' }),
      network.say({ from: 'bela', text: 'hi' }),
      network.say({ from: 'anna', text: 'still there?' }),
    ]
    await vi.waitFor(() => expect(heard).toHaveLength(3), WAIT)
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
    const found = new Map(heard.map((message) => [message.messageId, message]))
    expect([...found.keys()].toSorted()).toEqual(ids.toSorted())
    const [first, second, third] = ids.map((id) => found.get(id))
    expect([first, second, third].map((message) => message?.read())).toEqual([
      'good morning',
      'hi',
      'still there?',
    ])
    const { anna, bela } = network.ids
    expect([first, second, third].map((one) => one?.sender.id)).toEqual([anna, bela, anna])
    for (const message of heard)
      expect(message).toMatchObject({ conversation: { kind: 'dm' }, addressed: true })
    expect(third?.conversation).toEqual(first?.conversation)
    expect(second?.conversation).not.toEqual(first?.conversation)

    if (second === undefined) throw new Error('nobody wrote')
    expect(await account.send(answerTo(second), NEVER)).toEqual({
      kind: 'sent',
      messageId: expect.stringMatching(/./),
    })
    expect(network.seen()).toEqual([{ to: 'bela', text: 'hello', buttons: [] }])
    expect(heard).toHaveLength(3)
  })

  if (row.groups)
    test('in a group it is heard whether it is meant for us', async () => {
      const { network, heard } = await live(row)
      network.say({ from: 'anna', text: 'lunch?', group: 'among others' })
      network.say({ from: 'bela', text: 'help', group: 'to us' })
      await vi.waitFor(() => expect(heard).toHaveLength(2), WAIT)
      const found = heard.toSorted((one, other) => Number(one.addressed) - Number(other.addressed))
      const group = found[0]?.conversation
      expect(group?.kind).toBe('group')
      expect(found).toMatchObject([
        { conversation: group, sender: { id: network.ids.anna }, addressed: false },
        { conversation: group, sender: { id: network.ids.bela }, addressed: true },
      ])
    })

  test('what is no text is heard, and has none', async () => {
    const { network, heard } = await live(row)
    const id = network.say({ from: 'anna', text: null })
    await vi.waitFor(() => expect(heard).toHaveLength(1), WAIT)
    expect(heard[0]).toMatchObject({ messageId: id, sender: { id: network.ids.anna } })
    expect(heard[0]?.read()).toBeNull()
  })

  test('our own words and those of other bots are nobody’s who could be allowed', async () => {
    const { network, heard } = await live(row)
    network.babble()
    network.say({ from: 'anna', text: 'hi' })
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
    const people = heard.filter(({ sender }) => sender.id !== '')
    expect(people.map((message) => message.read())).toEqual(['hi'])
  })

  test('a message is the network’s until it is kept', async () => {
    const kept = Promise.withResolvers<void>()
    const { network, heard, account } = await live(row, () => kept.promise)
    network.say({ from: 'anna', text: 'hi' })
    await vi.waitFor(() => expect(heard).toHaveLength(1), WAIT)
    // Time enough to tell it, if it were told.
    for (const _ of Array(5)) await account.probe(NEVER)
    expect(network.owes()).toBe(1)
    kept.resolve()
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
  })

  test('one that could not be kept comes again, under the same name', async () => {
    const disk = { full: true }
    const { network, heard, problems } = await live(row, async () => {
      if (disk.full) throw new Error('a disk with private words on it is full')
    })
    const id = network.say({ from: 'anna', text: 'hi' })
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), WAIT)
    disk.full = false
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1), WAIT)
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
    expect(new Set(heard.map(({ messageId }) => messageId))).toEqual(new Set([id]))
    expect(new Set(heard.map((message) => message.read()))).toEqual(new Set(['hi']))
    for (const problem of problems) expect(problem).toBeInstanceOf(ChannelProblem)
    expect(problems.map(String).join()).not.toContain('private words')
  })

  test('what is said while nobody can reach anybody is heard afterwards', async () => {
    const { network, heard, cut, texts } = await live(row)
    network.say({ from: 'anna', text: 'one' })
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
    const mend = await cut()
    const id = network.say({ from: 'anna', text: 'two' })
    await mend()
    await vi.waitFor(() => expect(texts()).toContain('two'), WAIT)
    await vi.waitFor(() => expect(network.owes()).toBe(0), WAIT)
    expect(heard.filter(({ messageId }) => messageId === id).length).toBeGreaterThan(0)
    expect(new Set(heard.map(({ messageId }) => messageId)).size).toBe(2)
  })

  describe('sending', () => {
    async function talking() {
      const all = await live(row)
      all.network.say({ from: 'anna', text: 'hi' })
      await vi.waitFor(() => expect(all.heard).toHaveLength(1), WAIT)
      const [message] = all.heard
      if (message === undefined) throw new Error('nobody wrote')
      const answer = answerTo(message)
      // From the first answer a library may learn its limits.
      expect((await all.account.send({ ...answer, id: 'answer-0' }, NEVER)).kind).toBe('sent')
      return { ...all, answer }
    }

    test('takes a text of the length that it promises in one piece, and no longer one', async () => {
      const { network, account, answer } = await talking()
      const text = 'x'.repeat(account.limits.text)
      expect((await account.send({ ...answer, text }, NEVER)).kind).toBe('sent')
      expect(network.seen().slice(1)).toEqual([{ to: 'anna', text, buttons: [] }])
      const longer = { ...answer, id: 'answer-2', text: `${text}x` }
      expect((await account.send(longer, NEVER)).kind).toBe('refused')
    })

    test('waits as long as the network says', async () => {
      const { network, account, answer } = await talking()
      network.next('wait')
      const sent = await account.send(answer, NEVER)
      const { kind, afterMs } = { afterMs: null, ...sent }
      expect(kind).toBe('later')
      expect(afterMs).toBeGreaterThanOrEqual(3_000)
      expect(afterMs).toBeLessThan(3_500)
      expect(network.seen()).toHaveLength(1)
    })

    test('gives up where the person wants to hear nothing, and never where the network fails', async () => {
      const { network, account, answer } = await talking()
      network.next('blocked')
      expect(await account.send(answer, NEVER)).toMatchObject({
        kind: 'refused',
        problem: expect.stringMatching(/./),
      })
      network.next('broken')
      const later = { kind: 'later', afterMs: null, problem: expect.stringMatching(/./) }
      expect(await account.send(answer, NEVER)).toEqual(later)
      expect((await account.send(answer, NEVER)).kind).toBe('sent')
    })

    test('is changed where the network can, twice like once, and says when what it changes is gone', async () => {
      const { network, account, answer } = await talking()
      if (account.edit === undefined) return
      const sent = await account.send(answer, NEVER)
      const id = sent.kind === 'sent' ? sent.messageId : ''
      const changed = { ...answer, text: 'hello again' }
      for (const _ of [1, 2]) expect(await account.edit(id, changed, NEVER)).toEqual(sent)
      expect(network.seen().at(-1)?.text).toBe('hello again')
      expect(await account.edit(id.replace(/.$/, '99'), changed, NEVER)).toMatchObject({
        kind: 'refused',
        problem: expect.stringMatching(/./),
      })
    })

    test('R18: a button comes back as a press of whoever pressed it, with what stands on it', async () => {
      const { network, account, answer, presses } = await talking()
      const data = `sender:approve:${'0'.repeat(64 - 15)}`
      const buttons = [{ label: 'Approve', data }]
      expect((await account.send({ ...answer, buttons }, NEVER)).kind).toBe('sent')
      expect(network.seen().at(-1)).toEqual({ to: 'anna', text: 'hello', buttons })
      network.press('bela')
      await vi.waitFor(() => expect(presses).toHaveLength(1), WAIT)
      expect(presses[0]).toMatchObject({ data, sender: { id: network.ids.bela } })
      expect(presses[0]?.conversation.kind).toBe('dm')
      expect(presses[0]?.pressId).toMatch(/./)
    })

    test(
      'ends when it is told while an answer to a press is under way',
      { timeout: 10_000 },
      async () => {
        const { network, account, answer, presses, state, end } = await talking()
        const buttons = [{ label: 'Approve', data: 'a' }]
        await account.send({ ...answer, buttons }, NEVER)
        state.pressed = () => network.feel('silent')
        network.press('anna')
        await vi.waitFor(() => expect(presses).toHaveLength(1), WAIT)
        await end()
      },
    )

    test('typing is never more than a try', async () => {
      const { network, account, answer } = await talking()
      await account.typing(answer.to, NEVER)
      network.feel('careless')
      await account.typing(answer.to, NEVER)
      network.feel('silent')
      const stop = new AbortController()
      const tried = account.typing(answer.to, stop.signal)
      stop.abort()
      await tried
      await network.stop()
      await account.typing(answer.to, NEVER)
    })

    test('no secret is in anything that it says, however careless the network is', async () => {
      const { network, account, answer, warnings, problems, secrets, open } = await talking()
      network.feel('careless')
      const refused: unknown[] = [await account.send(answer, NEVER), await account.probe(NEVER)]
      const again = await open({ warn: (message) => warnings.push(message) })
      const silent = { message: async () => {}, press: async () => null, connected: () => {} }
      refused.push(await again.run(silent, NEVER).catch(String))
      network.cut()
      const said = JSON.stringify([refused, warnings, problems.map(String)])
      for (const secret of secrets) expect(said).not.toContain(secret)
      expect(refused.at(-1)).toMatch(/^Error: ./)
    })
  })

  test('a probe says who we are there; with a wrong token it says so, without the token', async () => {
    const { open } = await row.stand()
    const account = await open()
    expect(await account.probe(NEVER)).toEqual({
      ok: true,
      name: expect.stringMatching(/./),
      problem: null,
    })
    const warnings: string[] = []
    const token = new Secret(WRONG)
    const wrong = await open({ token, warn: (message) => warnings.push(message) })
    const probe = await wrong.probe(NEVER)
    expect(probe).toMatchObject({
      ok: false,
      name: null,
      problem: expect.stringContaining('token'),
    })
    const deaf = { message: async () => {}, press: async () => null, connected: () => {} }
    const ended = await wrong.run(deaf, NEVER).catch((error: unknown) => error)
    expect(ended).toBeInstanceOf(ChannelProblem)
    expect(String(ended)).toContain('token')
    expect(JSON.stringify([probe, String(ended), warnings])).not.toContain(WRONG)
  })

  test(
    'ends when it is told, whether or not the network answers',
    { timeout: 10_000 },
    async () => {
      const { network, end, account, problems } = await live(row)
      network.feel('silent')
      network.press('anna')
      const stop = new AbortController()
      const asked = account.probe(stop.signal)
      await end()
      stop.abort()
      expect(await asked).toMatchObject({ ok: false, name: null })
      expect(problems).toEqual([])
    },
  )

  test('ends when it is told before the network said anything', { timeout: 10_000 }, async () => {
    const { network, open } = await row.stand()
    network.feel('silent')
    const account = await open()
    const stop = new AbortController()
    const deaf = { message: async () => {}, press: async () => null, connected: () => {} }
    const ended = account.run(deaf, stop.signal)
    stop.abort()
    await ended
  })

  test('leaves nothing open: a process that had an account ends by itself', async () => {
    const { network, settings } = await row.stand()
    const { secret, plain } = settings
    const script = join(import.meta.dirname, 'contract-process.fixture.ts')
    const args = [script, row.id, JSON.stringify(secret), JSON.stringify(plain)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit')
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    expect(said.toString()).toBe('sent\n')
    expect(network.seen()).toHaveLength(1)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  test('SPEC 5: an account that lacks something says what, and where to get it', async () => {
    const { complete, lacking } = await row.stand()
    expect(complete).toBeNull()
    expect(lacking.length).toBeGreaterThan(0)
    for (const { field, problem, says } of lacking) {
      expect(problem).toContain(field)
      expect(problem).toMatch(says)
    }
  })
})
