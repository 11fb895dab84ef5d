import { describe, expect, it } from 'vitest'
import { ALL_SCOPES } from '../access/scopes.ts'
import { declared } from '../../test/access-matrix.fixture.ts'
import { METHODS, scopesFor, type Method } from './methods.ts'

const methods = Object.keys(METHODS) as Method[]

describe('what a command’s connection asks to be allowed', () => {
  it.each(methods)('%s: what the operation declares, and it is a WebSocket method', (method) => {
    const operation = declared.find(({ name }) => name === method)
    expect(operation).toMatchObject({
      requires: METHODS[method].needs ?? 'principal',
      websocket: true,
    })
  })

  it.each(['agent', 'login-link.create', 'device.pair.approve', 'node.pair.approve'] as const)(
    '%s: everything, since what follows acts with it',
    (method) => {
      expect(scopesFor(method, null)).toEqual(ALL_SCOPES)
    },
  )

  it('of what is only useful, no more than a device token holds', () => {
    expect(scopesFor('status', null)).toEqual(['operator.read', 'operator.admin'])
    expect(scopesFor('status', ['operator.write'])).toEqual(['operator.read'])
    expect(scopesFor('status', ['operator.admin'])).toEqual(['operator.read', 'operator.admin'])
    expect(scopesFor('agent', ['operator.write'])).toEqual(['operator.read', 'operator.write'])
    expect(scopesFor('health', [])).toEqual([])
  })

  it('of what is needed, no less: the gateway says what is missing', () => {
    expect(scopesFor('lockouts.list', ['operator.read'])).toEqual(['operator.admin'])
  })
})
