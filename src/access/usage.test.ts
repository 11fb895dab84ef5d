import { describe, expect, it } from 'vitest'
import { SecretUsage, type SecretUse, type SecretUseStore } from './usage.ts'

const OLD = 'sha256:aaaaaaaa'
const NEW = 'sha256:bbbbbbbb'
const user = (address: string, fingerprint = OLD, client = 'curl/8') => ({
  fingerprint,
  address,
  principal: 'shared:token',
  client,
  device: '',
})

function memoryStore(): SecretUseStore & { readonly rows: Map<string, SecretUse> } {
  const rows = new Map<string, SecretUse>()
  const key = (use: SecretUse) =>
    [use.fingerprint, use.address, use.principal, use.client].join(' ')
  return {
    rows,
    load: async () => [...rows.values()],
    save: async (uses) => uses.forEach((use) => rows.set(key(use), use)),
    remove: async (uses) => uses.forEach((use) => rows.delete(key(use))),
  }
}

describe('who used which shared secret', () => {
  it('tells clients apart by secret, address, principal and client name', () => {
    const usage = new SecretUsage()
    usage.saw(user('192.0.2.1'), 1000)
    usage.saw(user('192.0.2.1'), 2000)
    usage.saw(user('192.0.2.1', NEW), 3000)
    usage.saw(user('192.0.2.1', OLD, 'agent'), 4000)
    expect(usage.list()).toEqual([
      { ...user('192.0.2.1'), firstAt: 1000, lastAt: 2000, uses: 2 },
      { ...user('192.0.2.1', NEW), firstAt: 3000, lastAt: 3000, uses: 1 },
      { ...user('192.0.2.1', OLD, 'agent'), firstAt: 4000, lastAt: 4000, uses: 1 },
    ])
    expect(usage.lastUsedAt(OLD)).toBe(4000)
    expect(usage.lastUsedAt('sha256:cccccccc')).toBeNull()
  })

  it('never holds more clients than its limit, and keeps the latest', () => {
    const usage = new SecretUsage(100)
    for (let n = 0; n < 5000; n += 1) usage.saw(user(`10.0.${n >> 8}.${n & 255}`), n)
    const kept = usage.list()
    expect(kept).toHaveLength(100)
    expect(kept.every(({ lastAt }) => lastAt >= 4000)).toBe(true)
  })

  it('keeps a busy client while others come and go', () => {
    const usage = new SecretUsage(50)
    for (let n = 0; n < 2000; n += 1) {
      usage.saw(user('192.0.2.1'), n)
      usage.saw(user(`10.0.${n >> 8}.${n & 255}`), n)
    }
    expect(usage.list().find(({ address }) => address === '192.0.2.1')?.uses).toBe(2000)
  })

  it('knows when a secret was last used even by a client it had no room for', () => {
    const usage = new SecretUsage(1)
    usage.saw(user('192.0.2.1'), 1000)
    usage.saw(user('192.0.2.2', NEW), 2000)
    expect(usage.list()).toHaveLength(1)
    expect(usage.lastUsedAt(OLD)).toBe(1000)
  })

  it('a clock that once ran ahead does not keep a secret in use', () => {
    const usage = new SecretUsage()
    usage.saw(user('192.0.2.1'), 5000)
    usage.saw(user('192.0.2.2'), 1000)
    expect(usage.lastUsedAt(OLD)).toBe(1000)
  })

  it('cuts a client name that is too long', () => {
    const usage = new SecretUsage()
    usage.saw(user('192.0.2.1', OLD, 'x'.repeat(5000)), 1)
    expect(usage.list()[0]?.client).toHaveLength(100)
  })

  it('writes what changed, once, and removes what it had no more room for', async () => {
    const usage = new SecretUsage(1)
    const store = memoryStore()
    usage.saw(user('192.0.2.1'), 1000)
    await usage.flush(store)
    expect([...store.rows.values()]).toEqual([
      { ...user('192.0.2.1'), firstAt: 1000, lastAt: 1000, uses: 1 },
    ])

    store.rows.clear()
    await usage.flush(store)
    expect(store.rows.size).toBe(0)

    usage.saw(user('192.0.2.2'), 2000)
    await usage.flush(store)
    expect([...store.rows.values()].map(({ address }) => address)).toEqual(['192.0.2.2'])
  })

  it('tries again after the store failed', async () => {
    const usage = new SecretUsage()
    const store = memoryStore()
    usage.saw(user('192.0.2.1'), 1000)
    const full = { ...store, save: () => Promise.reject(new Error('disk full')) }
    await expect(usage.flush(full)).rejects.toThrow('disk full')
    await usage.flush(store)
    expect(store.rows.size).toBe(1)
  })

  it('goes on where an earlier run stopped', async () => {
    const store = memoryStore()
    const before = new SecretUsage()
    before.saw(user('192.0.2.1'), 1000)
    await before.flush(store)

    const usage = new SecretUsage()
    usage.saw(user('192.0.2.1'), 3000)
    await usage.restore(store)
    expect(usage.lastUsedAt(OLD)).toBe(3000)
    expect(usage.list()).toEqual([{ ...user('192.0.2.1'), firstAt: 1000, lastAt: 3000, uses: 2 }])
  })

  it('forgets a secret that is gone, in the store too', async () => {
    const usage = new SecretUsage()
    const store = memoryStore()
    usage.saw(user('192.0.2.1'), 1000)
    usage.saw(user('192.0.2.1', NEW), 1000)
    await usage.flush(store)
    usage.forget(OLD)
    await usage.flush(store)
    expect(usage.lastUsedAt(OLD)).toBeNull()
    expect([...store.rows.values()].map(({ fingerprint }) => fingerprint)).toEqual([NEW])
  })
})
