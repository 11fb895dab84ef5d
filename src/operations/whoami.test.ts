import { expect, it } from 'vitest'
import { operatorCall, runOperation } from './operator-call.fixture.ts'
import { whoami } from './whoami.ts'

it('whoami says who the caller is, and nothing that would identify the credential', async () => {
  const answer = await runOperation(whoami(), {}, operatorCall(['operator.read']))
  expect(answer).toEqual({
    principal: {
      kind: 'shared',
      id: 'token',
      displayName: 'gateway token',
      role: 'operator',
      scopes: ['operator.read'],
    },
    method: 'token',
    clientAddress: '192.0.2.7',
  })
})
