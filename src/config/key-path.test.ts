import { describe, expect, it } from 'vitest'
import {
  keyText,
  parseKeyPath,
  touchesPrototype,
  valueAt,
  withoutValue,
  withValue,
} from './key-path.ts'

describe('names of settings', () => {
  it.each([
    ['gateway.auth.token', ['gateway', 'auth', 'token']],
    ['agents.list[0].id', ['agents', 'list', '0', 'id']],
    ['agents.list.0.id', ['agents', 'list', '0', 'id']],
    ['a.b["nick@example.com"]', ['a', 'b', 'nick@example.com']],
  ])('%s is read', (text, path) => expect(parseKeyPath(text)).toEqual(path))

  it.each(['', '.a', 'a..b', 'a.', 'a[', 'a["x]', 'a[b]', "a['b']"])('"%s" is no name', (text) => {
    expect(parseKeyPath(text)).toBeNull()
  })

  it('are written the way they are read', () => {
    for (const path of [['a', 'b-c', '3', 'd'], ['a', 'x.y'], ['$schema'], ['m', 'q"r']]) {
      expect(parseKeyPath(keyText(path))).toEqual(path)
    }
  })

  it.each(['__proto__', 'constructor', 'prototype'])(
    'with %s reach into every object, and are known to',
    (name) => {
      expect(touchesPrototype(['a', name])).toBe(true)
      expect(valueAt({}, [name])).toBeUndefined()
    },
  )
})

describe('values by name', () => {
  it('are set without changing the original, folders on the way are made', () => {
    const before = { a: { b: 1 } }
    expect(withValue(before, ['a', 'c', 'd'], 2)).toEqual({ a: { b: 1, c: { d: 2 } } })
    expect(before).toEqual({ a: { b: 1 } })
  })
  it('are set in lists up to one behind the end', () => {
    expect(withValue({ l: [1] }, ['l', '1'], 2)).toEqual({ l: [1, 2] })
    expect(withValue({ l: [1] }, ['l', '3'], 2)).toBeNull()
    expect(withValue({ l: [1] }, ['l', 'x'], 2)).toBeNull()
  })
  it('cannot be set below a number', () => expect(withValue({ a: 1 }, ['a', 'b'], 2)).toBeNull())
  it('may be null', () => expect(withValue({ a: 1 }, ['a'], null)).toEqual({ a: null }))
  it('are removed, and what is not there is no fault', () => {
    expect(withoutValue({ a: { b: 1, c: 2 }, l: [{ x: 1 }, 2] }, ['a', 'b'])).toEqual({
      a: { c: 2 },
      l: [{ x: 1 }, 2],
    })
    expect(withoutValue({ l: [{ x: 1 }, 2] }, ['l', '0', 'x'])).toEqual({ l: [{}, 2] })
    expect(withoutValue({ l: [1, 2] }, ['l', '0'])).toEqual({ l: [2] })
    expect(withoutValue({ a: 1 }, ['z', 'b'])).toEqual({ a: 1 })
  })
})
