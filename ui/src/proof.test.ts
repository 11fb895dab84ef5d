/** The proof of a login: in one tab's session storage, and passed on to tabs that were logged in already. */
import { describe, expect, it } from 'vitest'
import { tabProof, type TabChannel } from './proof.ts'

function tabs() {
  const listeners: ((message: unknown) => void)[] = []
  const channelOf = (self: number): TabChannel => ({
    post: (message) => listeners.forEach((listener, tab) => tab !== self && listener(message)),
    listen: (listener) => void listeners.push(listener),
  })
  return [0, 1].map((tab) => tabProof(storage(), channelOf(tab)))
}

function storage(): Storage {
  const items = new Map<string, string>()
  return {
    length: 0,
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: () => null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  }
}

describe('the proof', () => {
  it('reaches tabs that were logged in, whose cookie was just replaced', () => {
    const [one, two] = tabs()
    two?.keep('old')
    one?.keep('new')
    expect(two?.get()).toBe('new')
  })

  it('does not reach a tab that never logged in', () => {
    const [one, two] = tabs()
    one?.keep('p')
    expect(two?.get()).toBeNull()
  })

  it('is gone once it is dropped, in this tab', () => {
    const [one, two] = tabs()
    two?.keep('q')
    one?.keep('p')
    one?.drop()
    expect([one?.get(), two?.get()]).toEqual([null, 'p'])
  })
})
