/** A rotation on a real file: what is written is what is in force, or nothing is. */
import { expect, test } from 'vitest'
import { folder, loaded, OTHER_TOKEN, TOKEN } from '../config/folder.fixture.ts'
import { Fingerprints } from '../core/fingerprint.ts'
import { Secret } from '../core/secret.ts'
import { tokenSettings } from './token-settings.ts'

const NEXT = new Secret(OTHER_TOKEN)

async function rotating() {
  const auth = { mode: 'token', token: TOKEN, tokenSecondary: OTHER_TOKEN }
  const dir = folder({ 'openclaw.json': JSON.stringify({ gateway: { auth } }) })
  const request = dir.request()
  const now = { config: await loaded(request) }
  const fingerprints = new Fingerprints(Buffer.alloc(32))
  const reloaded: { problem: string | null; times: number } = { problem: null, times: 0 }
  const settings = tokenSettings({
    request,
    current: () => ({ loaded: now.config, mode: 'token', allowLocalDirect: true, warnings: [] }),
    fingerprints,
    reload: async () => {
      now.config = await loaded(request)
      reloaded.times += 1
    },
    problem: () => reloaded.problem,
  })
  return { dir, settings, fingerprints, reloaded }
}

test('promoting makes the second token the only one, in the file and in force', async () => {
  const { dir, settings, fingerprints, reloaded } = await rotating()
  expect(await settings.promoteSecondary(fingerprints.own(NEXT))).toBe('promoted')
  expect(JSON.parse(dir.read('openclaw.json')).gateway.auth).toEqual({
    mode: 'token',
    token: OTHER_TOKEN,
  })
  expect(reloaded.times).toBe(2)
})

test('another second token than the one that was looked at is not promoted', async () => {
  const { dir, settings, fingerprints } = await rotating()
  const before = dir.read('openclaw.json')
  expect(await settings.promoteSecondary(fingerprints.own(new Secret('another'.repeat(8))))).toBe(
    'changed',
  )
  expect(dir.read('openclaw.json')).toBe(before)
})

test('nor one that somebody wrote after that look', async () => {
  const { dir, settings, fingerprints } = await rotating()
  const theirs = dir.read('openclaw.json').replace(OTHER_TOKEN, '0ddba11'.repeat(8))
  dir.write('openclaw.json', theirs)
  const seen = fingerprints.own(NEXT)
  expect(await settings.promoteSecondary(seen)).toBe('changed')
  expect(await settings.dropSecondary(seen)).toBe('changed')
  expect(dir.read('openclaw.json')).toBe(theirs)
})

test('a second token that somebody else wrote stays', async () => {
  const { dir, settings } = await rotating()
  const before = dir.read('openclaw.json')
  expect(await settings.addSecondary(new Secret('third'.repeat(10)))).toBe('exists')
  expect(dir.read('openclaw.json')).toBe(before)
})

test('a file that is not in force is not edited', async () => {
  const { dir, settings, fingerprints, reloaded } = await rotating()
  const before = dir.read('openclaw.json')
  reloaded.problem = 'gateway.auth.mode: trusted-proxy needs trustedProxies'
  await expect(settings.promoteSecondary(fingerprints.own(NEXT))).rejects.toThrow(
    /nothing was changed.*trusted-proxy/,
  )
  expect(dir.read('openclaw.json')).toBe(before)
})
