/** No repair lets anybody in: what a change would allow is asked of the decision code, before it is made. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nameKeys } from '../src/app/doctor-config-repair.ts'
import { newlyAllowed } from '../src/app/widened-access.ts'
import { load, type Loaded } from '../src/config/load.ts'
import { configHost } from '../src/host/config-host.ts'
import { makeStateDir, TOKEN } from './gateway.ts'

function stateDir(config: unknown): string {
  const dir = makeStateDir({ config })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

async function loadedFrom(config: object): Promise<Loaded> {
  const dir = stateDir(config)
  const variables = { HOME: dir, OPENCLAW_STATE_DIR: dir }
  const loaded = await load({ variables, flags: {}, host: configHost(variables), missing: 'omit' })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems))
  return loaded
}

const gains = async (before: object, after: object) =>
  newlyAllowed(await loadedFrom(before), await loadedFrom(after), '/nowhere')

const auth = { mode: 'token', token: TOKEN, allowLocalDirect: false }
const proxied = {
  mode: 'trusted-proxy',
  trustedProxy: { userHeader: 'x-forwarded-user', allowUsers: ['nick@example.com'] },
}

test.each([
  [
    'this host’s callers',
    { gateway: { auth } },
    { gateway: { auth: { ...auth, allowLocalDirect: true } } },
    /^127\.0\.0\.1 with Host$/,
  ],
  [
    'whoever has another token',
    { gateway: { auth } },
    { gateway: { auth: { ...auth, tokenSecondary: 'b'.repeat(64) } } },
    /Authorization/,
  ],
  [
    'more users of the proxy',
    { gateway: { trustedProxies: ['10.0.0.9'], auth: proxied } },
    {
      gateway: {
        trustedProxies: ['10.0.0.9'],
        auth: { ...proxied, trustedProxy: { userHeader: 'x-forwarded-user' } },
      },
    },
    /x-forwarded-user/,
  ],
  [
    'another proxy',
    { gateway: { trustedProxies: ['10.0.0.9'], auth: proxied } },
    { gateway: { trustedProxies: ['10.0.0.9', '172.17.0.1'], auth: proxied } },
    /^172\.17\.0\.1 .*x-forwarded-user/,
  ],
  [
    'pages of other origins',
    { gateway: { auth } },
    { gateway: { auth, controlUi: { allowedOrigins: ['*'] } } },
    /Origin/,
  ],
])('it sees that a change lets in %s', async (_, before, after, says) => {
  const found = await gains(before, after)
  expect(found).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
  expect(found.join()).not.toContain(TOKEN)
  // The other way round somebody is kept out, and nobody gains.
  expect(await gains(after, before)).toEqual([])
})

test('the same in other words lets nobody in', async () => {
  expect(
    await gains(
      { gateway: { token: TOKEN, host: '0.0.0.0' } },
      { gateway: { bind: 'lan', auth: { token: TOKEN } } },
    ),
  ).toEqual([])
})

test('a renaming that would change what is meant is not done', async () => {
  const dir = stateDir({ gateway: { token: TOKEN, host: '${WHERE}' } })
  const env = { HOME: dir, OPENCLAW_STATE_DIR: dir, WHERE: '0.0.0.0' }
  const file = join(dir, 'openclaw.json')
  const before = readFileSync(file, 'utf8')
  const io = { stdout: () => {}, stderr: () => {}, env, isTty: false, columns: null }
  await expect(nameKeys(file, io)).rejects.toThrow('would mean something else')
  expect(readFileSync(file, 'utf8')).toBe(before)
})
