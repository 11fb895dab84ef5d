/** Login links: once, for ten minutes, and never more of them than fit. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { LOGIN_LINK_MS, LoginLinks, loginUrl, type LoginGrant } from './login-links.ts'
import { ALL_SCOPES } from './scopes.ts'

const NOW = 1_800_000_000_000
const OWNER: LoginGrant = {
  principal: {
    kind: 'owner',
    id: 'owner',
    displayName: 'Owner',
    role: 'operator',
    scopes: ALL_SCOPES,
    credentialId: null,
  },
  madeBy: null,
}

describe('login links', () => {
  it('R67: a link lets one browser in, as whom it was made for', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    expect(links.take(code, NOW + 1)?.grant).toEqual(OWNER)
  })

  it('works once', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    links.take(code, NOW)
    expect(links.take(code, NOW)).toBeNull()
  })

  it('works again when the session could not be made', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    links.take(code, NOW)?.giveBack()
    expect(links.take(code, NOW)).not.toBeNull()
    expect(links.take(code, NOW)).toBeNull()
  })

  it('works until ten minutes have passed, and not a moment longer', () => {
    const links = new LoginLinks()
    const first = links.create(OWNER, NOW)
    const second = links.create(OWNER, NOW)
    expect(first.expiresAt).toBe(NOW + LOGIN_LINK_MS)
    expect(links.take(first.code, NOW + LOGIN_LINK_MS - 1)).not.toBeNull()
    expect(links.take(second.code, NOW + LOGIN_LINK_MS)).toBeNull()
  })

  it('is not kept alive by a clock that was set back', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    expect(links.take(code, NOW - LOGIN_LINK_MS)).toBeNull()
  })

  it('is not lost to a clock that was corrected by a second', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    expect(links.take(code, NOW - 1000)).not.toBeNull()
  })

  it('refuses a code that was never made', () => {
    expect(new LoginLinks().take(new Secret('AAAAAAAAAAAAAAAAAAAAAA'), NOW)).toBeNull()
  })

  it('drops the oldest of too many', () => {
    const links = new LoginLinks()
    const codes = Array.from({ length: 65 }, () => links.create(OWNER, NOW).code)
    const working = codes.map((code) => links.take(code, NOW) !== null)
    expect(working).toEqual([false, ...Array.from({ length: 64 }, () => true)])
  })

  it('ends with the secret that made it', () => {
    const links = new LoginLinks()
    const doomed = links.create({ ...OWNER, madeBy: 'a'.repeat(64) }, NOW)
    const other = links.create({ ...OWNER, madeBy: 'b'.repeat(64) }, NOW)
    links.endMadeBy('a'.repeat(64))
    expect(links.take(doomed.code, NOW)).toBeNull()
    expect(links.take(other.code, NOW)).not.toBeNull()
  })

  it('R40: carries 128 bits in the fragment, and nothing in path or query', () => {
    const { code } = new LoginLinks().create(OWNER, NOW)
    expect(Buffer.from(code.reveal(), 'base64url')).toHaveLength(16)
    const url = new URL(loginUrl('http://127.0.0.1:18789/', code))
    expect(url.href).toBe(`http://127.0.0.1:18789/#login=${code.reveal()}`)
    expect(url.pathname + url.search).toBe('/')
  })

  it('R59: keeps no code that could be printed', () => {
    const links = new LoginLinks()
    const { code } = links.create(OWNER, NOW)
    expect(inspect(links, { depth: 9, showHidden: true })).not.toContain(code.reveal())
  })
})
