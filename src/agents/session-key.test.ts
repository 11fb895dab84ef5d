/** Session keys: which conversation a name selects, and the names that select none. */
import { describe, expect, it } from 'vitest'
import { agentList } from './index.ts'
import { chooseSession } from './session-key.ts'
import type { Agent } from './types.ts'

const agent = (id: string): Agent => ({ id, name: id, model: null, async *answer() {} })
const AGENTS = agentList(agent('main'), agent('coder'))

describe('a session', () => {
  it.each([
    [null, null, 'agent:main:main'],
    ['main', null, 'agent:main:main'],
    ['agent:main:main', null, 'agent:main:main'],
    ['agent:main:main', 'main', 'agent:main:main'],
    [null, 'coder', 'agent:coder:main'],
    ['notes', 'coder', 'agent:coder:notes'],
    ['agent:coder:telegram:direct:12', null, 'agent:coder:telegram:direct:12'],
    ['group:1203@g.us', null, 'agent:main:group:1203@g.us'],
    ['a'.repeat(512), null, `agent:main:${'a'.repeat(512)}`],
  ])('named %j of agent %j is %s', (sessionKey, agentId, expected) => {
    expect(chooseSession({ sessionKey, agentId }, AGENTS)).toMatchObject({
      kind: 'session',
      sessionKey: expected,
    })
  })

  it.each([
    ['', null],
    ['  ', null],
    [' main', null],
    ['agent:', null],
    ['agent:main:', null],
    ['agent::main', null],
    ['agent:main: ', null],
    ['a b', null],
    ['a\nb', null],
    ['a\u0000', null],
    ['../etc', null],
    ['ключ', null],
    ['a'.repeat(513), null],
    ['main', 'nobody'],
    ['agent:nobody:main', null],
    ['agent:main:main', 'coder'],
    ['agent:Main:main', null],
  ])('R14 named %j of agent %j is none', (sessionKey, agentId) => {
    expect(chooseSession({ sessionKey, agentId }, AGENTS)).toMatchObject({ kind: 'invalid' })
  })

  it.each(['', ' ', '\t', '\u200b'])('R14 of the blank agent %j is none', (agentId) => {
    const choice = chooseSession({ sessionKey: 'main', agentId }, AGENTS)
    expect(choice).toMatchObject({ kind: 'invalid', problem: expect.stringContaining('agent id') })
  })

  it('says which agent is unknown only where it can be shown', () => {
    const problem = (agentId: string) => {
      const choice = chooseSession({ sessionKey: null, agentId }, AGENTS)
      return choice.kind === 'invalid' ? choice.problem : ''
    }
    expect(problem('nobody')).toContain('"nobody"')
    expect(problem('\u001b[31m')).not.toContain('\u001b')
    expect(problem('x'.repeat(300))).not.toContain('xxx')
  })
})

describe('the list of agents', () => {
  it('refuses two of one id and an id that no session key could hold', () => {
    expect(() => agentList(agent('a'), agent('a'))).toThrow('same id')
    expect(() => agentList(agent('a:b'))).toThrow('no agent id')
    expect(() => agentList(agent(''))).toThrow('no agent id')
  })
})
