/** The address bar after a login link was opened: nothing in it, whatever was there. */
import { describe, expect, it } from 'vitest'
import { takeLoginCode } from './login-fragment.ts'

function take(hash: string) {
  const shown: string[] = []
  return { code: takeLoginCode({ hash, replace: (path) => void shown.push(path) }), shown }
}

describe('takeLoginCode', () => {
  it('R40: takes the code and leaves an empty address', () => {
    expect(take('#login=AbC_-123')).toEqual({ code: 'AbC_-123', shown: ['/'] })
  })

  it.each([
    '',
    '#',
    '#login=',
    '#login=a b',
    '#login=a&gatewayUrl=wss://evil.example',
    '#gatewayUrl=wss://evil.example',
    `#login=${'a'.repeat(129)}`,
    '#LOGIN=abc',
  ])('R01: takes nothing from %j, and removes it', (hash) => {
    expect(take(hash)).toEqual({ code: null, shown: ['/'] })
  })
})
