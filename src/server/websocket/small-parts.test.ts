import { WebSocket } from 'ws'
import { expect, it } from 'vitest'
import { STRANGER, PROXIED } from '../../access/scene.fixture.ts'
import { closeReason } from './close-reason.ts'
import { SharedEvent } from './frame-text.ts'
import { allowFrames } from './frame-size.ts'
import { WaitingClients } from './waiting-clients.ts'

it('a close reason fits into its frame and ends with a whole character', () => {
  expect(closeReason('short')).toBe('short')
  expect(closeReason('x'.repeat(121))).toBe('x'.repeat(120))
  const cut = closeReason(`x${'ü'.repeat(100)}`)
  expect(cut).toBe(`x${'ü'.repeat(59)}`)
  expect(Buffer.byteLength(closeReason('😀'.repeat(50)))).toBe(120)
})

it('an event differs by its number alone', () => {
  const shared = new SharedEvent('chat', { text: 'ü😀' })
  expect(shared.numbered(1).toString()).toBe(
    '{"type":"event","event":"chat","payload":{"text":"ü😀"},"seq":1}',
  )
  expect(JSON.parse(shared.numbered(123_456_789).toString())).toMatchObject({ seq: 123_456_789 })
})

it('a release of ws that moved its frame limit is noticed', () => {
  const closed: WebSocket = Object.create(WebSocket.prototype)
  expect(() => allowFrames(closed, 1)).toThrow('keeps its frame limit somewhere else')
})

it('the room of one client behind a proxy is given back once, however often it is asked', () => {
  const clients = new WaitingClients(2)
  const first = clients.take(PROXIED)
  const second = clients.take(PROXIED)
  expect(clients.take(PROXIED)).toBeNull()
  expect(clients.take(STRANGER)).not.toBeNull()
  first?.()
  first?.()
  expect(clients.take(PROXIED)).not.toBeNull()
  expect(clients.take(PROXIED)).toBeNull()
  second?.()
  expect(clients.size).toBe(1)
})
