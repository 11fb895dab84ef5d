/** The built-in agent: what each command answers, for whom, and what it never says. */
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALL_SCOPES } from '../../access/scopes.ts'
import { callerAs, liveRuns } from '../live-runs.fixture.ts'
import { piecesOf } from './pieces.ts'
import { MAX_FACT_LENGTH } from './remember.ts'
import { withoutModel } from './no-model.ts'

const ALICE = callerAs({ kind: 'user', id: 'alice' })
const BOB = callerAs({ kind: 'user', id: 'bob' })

describe('commands', () => {
  it('/help lists every command that works, and none that does not', async () => {
    await using live = await liveRuns()
    const help = await live.ask('/help')
    for (const name of ['help', 'whoami', 'status', 'remember', 'recall'])
      expect(help).toContain(`/${name}`)
    for (const name of ['run', 'read', 'write']) expect(help).not.toContain(`/${name} `)
  })

  it.each(['/nonsense', '/', '/ help', '/run ls', '//help', '/<script>'])(
    '%s is unknown, says so without repeating it, and names /help',
    async (message) => {
      await using live = await liveRuns()
      const answer = await live.ask(message)
      expect(answer).toContain('/help')
      expect(answer).toContain('no such command')
      expect(answer).not.toContain('<script>')
    },
  )

  it('are found in any case and between spaces', async () => {
    await using live = await liveRuns()
    expect(await live.ask('  /WhoAmI  ')).toContain('id: owner')
  })

  it('/whoami says who was let in, by which method, with which scopes', async () => {
    await using live = await liveRuns()
    const caller = callerAs({
      kind: 'api-key',
      id: 'key_1',
      displayName: 'Backup job',
      scopes: ['operator.write'],
      credentialId: 'digest-of-the-key',
    })
    const answer = await live.ask('/whoami', { caller: { ...caller, method: 'api-key' } })
    for (const part of ['kind: api-key', 'id: key_1', 'Backup job', 'method: api-key'])
      expect(answer).toContain(part)
    expect(answer).toContain('scopes: operator.write')
    expect(answer).not.toContain('operator.admin')
    expect(answer).not.toContain('digest-of-the-key')
  })

  it('/status says the facts of the gateway, the agent and the session', async () => {
    await using live = await liveRuns()
    const answer = await live.ask('/status')
    expect(answer).toContain('version: 0.1.0')
    expect(answer).toContain('session: agent:main:main')
  })

  it('R50 carry the scopes of the caller: a command that needs more says no', async () => {
    await using live = await liveRuns()
    const none = callerAs({ scopes: [] })
    const reader = callerAs({ scopes: ['operator.read'] })
    expect(await live.ask('/status', { caller: none })).toContain('operator.read')
    expect(await live.ask('/remember x', { caller: reader })).toContain('operator.write')
    expect(await live.ask('/recall', { caller: reader })).toContain('not told me')
  })
})

describe('memory', () => {
  it('gives back what was said, the newest first, and by words in any case', async () => {
    await using live = await liveRuns()
    await live.ask('/remember The gate code is in the safe')
    live.time.now += 1
    await live.ask('/remember Milk is out')

    expect(await live.ask('/recall')).toBe('- Milk is out\n- The gate code is in the safe')
    expect(await live.ask('/recall GATE safe')).toBe('- The gate code is in the safe')
    expect(await live.ask('/recall gate milk')).toContain('Nothing')
  })

  it('R56 is each principal apart: neither another id nor another kind of the same id sees it', async () => {
    await using live = await liveRuns()
    await live.ask('/remember my token is t-alice', { caller: ALICE })
    const strangers = [BOB, callerAs({ kind: 'api-key', id: 'alice' }), callerAs({})]
    for (const caller of strangers)
      expect(await live.ask('/recall', { caller })).not.toContain('t-alice')
    expect(await live.ask('/recall', { caller: ALICE })).toContain('t-alice')
  })

  it('R56 holds also for an id made to look like another owner', async () => {
    await using live = await liveRuns()
    await live.ask('/remember hidden', { caller: ALICE })
    for (const id of ['user:alice', 'alice%', '%', 'ALICE', 'alice ', '']) {
      const caller = callerAs({ kind: 'user', id, scopes: ALL_SCOPES })
      expect(await live.ask('/recall', { caller })).not.toContain('hidden')
    }
  })

  it('keeps the same fact once and refuses nothing, too much, and more than it can hold', async () => {
    await using live = await liveRuns()
    await live.ask('/remember twice')
    await live.ask('/remember twice')
    expect(await live.ask('/recall')).toBe('- twice')
    expect(await live.ask('/remember')).toContain('/remember <text>')
    expect(await live.ask(`/remember ${'x'.repeat(MAX_FACT_LENGTH + 1)}`)).toContain('too long')
  })

  it('shows fifty and says how many there are besides', async () => {
    await using live = await liveRuns()
    for (let count = 0; count < 52; count++) await live.ask(`/remember fact ${count}`)
    expect(await live.ask('/recall')).toContain('… and 2 older.')
  })
})

describe('plain text', () => {
  it('is answered in several pieces, without repeating it, and says how to name a model', async () => {
    await using live = await liveRuns()
    const answer = await live.ask('<img src=x onerror=alert(1)>')
    expect(answer).toContain('agents.list')
    expect(answer).toContain('/help')
    expect(answer).not.toContain('<img')
    expect(live.events.filter(({ kind }) => kind === 'delta').length).toBeGreaterThan(3)
  })

  it('is told that a model is named, where one is', () => {
    const answer = withoutModel({ id: 'main', wantedModel: 'anthropic/claude' })
    expect(answer).toContain('names a model')
  })
})

describe('pieces', () => {
  it('put together are the text, few enough, and none ends within a character', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 3000 }), (text) => {
        const pieces = piecesOf(text)
        expect(pieces.join('')).toBe(text)
        expect(pieces.length).toBeLessThan(40)
        expect(pieces.every((piece) => piece.isWellFormed() && piece !== '')).toBe(true)
      }),
    )
  })
})
