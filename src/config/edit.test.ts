import { statSync, symlinkSync, lstatSync, existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Change } from './apply-changes.ts'
import { editConfig } from './edit.ts'
import { folder, loaded, OTHER_TOKEN, TOKEN, type Folder } from './folder.fixture.ts'
import { parseKeyPath } from './key-path.ts'
import { problemText } from './problem.ts'

const set = (key: string, value: unknown): Change => ({
  kind: 'set',
  path: parseKeyPath(key) ?? [],
  value,
})
const unset = (key: string): Change => ({ kind: 'unset', path: parseKeyPath(key) ?? [] })

async function edit(dir: Folder, ...changes: readonly Change[]): Promise<string> {
  const result = await editConfig(dir.request(), () => changes)
  return result.kind === 'edited' ? '' : result.problems.map(problemText).join('\n')
}

describe('a change of JSON5', () => {
  const TEXT = `// top
{
  gateway: { // where
    port: 18789, // the port
    'auth': { "token": "old", /* kept */ mode: "token" },
    trustedProxies: ['127.0.0.1' /* me */],
  },
} // end
`
  it('keeps comments, order and spacing of everything else', async () => {
    const dir = folder({ 'openclaw.json': TEXT })
    expect(
      await edit(
        dir,
        set('gateway.auth.token', TOKEN),
        set('session.dmScope', 'per-peer'),
        set('gateway.trustedProxies[1]', '::1'),
      ),
    ).toBe('')
    const text = dir.read('openclaw.json')
    for (const kept of [
      '// top',
      '// where',
      '// the port',
      '/* kept */',
      '/* me */',
      '// end',
      "'auth'",
    ])
      expect(text).toContain(kept)
    const { config } = await loaded(dir.request())
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    expect(config.session.dmScope).toBe('per-peer')
    expect(config.gateway.trustedProxies).toEqual(['127.0.0.1', '::1'])
  })

  it.each(['gateway.port', 'gateway.auth.token', 'gateway.trustedProxies[0]', 'gateway'])(
    'removes %s',
    async (key) => {
      const dir = folder({ 'openclaw.json': TEXT })
      expect(await edit(dir, unset(key))).toBe('')
      expect(dir.read('openclaw.json')).toContain('// top')
      expect(
        (await loaded(dir.request()))
          .offers(parseKeyPath(key) ?? [])
          .filter(({ from }) => from === 'config'),
      ).toEqual([])
    },
  )

  it('writes ${VAR} unexpanded, also one that is not set here', async () => {
    const dir = folder({ 'openclaw.json': '{}' })
    expect(await edit(dir, set('gateway.auth.token', '${CONF_X}'))).toBe('')
    expect(dir.read('openclaw.json')).toContain('${CONF_X}')
    expect(
      (await loaded(dir.request({ env: { CONF_X: TOKEN } }))).config.gateway.auth.token?.reveal(),
    ).toBe(TOKEN)
  })

  it.each(['it\'s "q"', 'line\nbreak', '\u2028', 'ünï 🦞', '\\', '// no comment'])(
    'writes %j so that it is read again',
    async (text) => {
      const dir = folder({ 'openclaw.json': '{agents: {list: [{id: "main"}]}}' })
      expect(await edit(dir, set('agents.list[0].systemPrompt', text))).toBe('')
      expect((await loaded(dir.request())).config.agents.list[0]?.systemPrompt).toBe(text)
    },
  )
})

describe('a removal', () => {
  const AROUND = '  "session": {\n    "dmScope": "main"\n  }'
  const TLS = '  "gateway": {\n    "tls": {\n      "enabled": true\n    }\n  }'

  it('takes the groups with it that it emptied', async () => {
    const dir = folder({ 'openclaw.json': `{\n${AROUND},\n${TLS}\n}\n` })
    expect(await edit(dir, unset('gateway.tls.enabled'))).toBe('')
    expect(dir.read('openclaw.json')).toBe(`{\n${AROUND}\n}\n`)
  })

  it('leaves groups that were empty before, and those that hold a comment', async () => {
    const text =
      '{gateway: {tls: {}, http: {securityHeaders: {}}, auth: {/* mine */ mode: "token"}}}'
    const dir = folder({ 'openclaw.json': text })
    expect(await edit(dir, unset('gateway.auth.mode'), unset('gateway.tls'))).toBe('')
    expect(dir.read('openclaw.json')).toBe(
      '{gateway: { http: {securityHeaders: {}}, auth: {/* mine */ }}}',
    )
  })

  it.each([
    ['users without an entry would hold every scope', 'gateway.auth.identityScopes.nick', ['read']],
    ['an agent would leave the list', 'agents.list[0].id', 'main'],
    ['a plugin may read an empty object', 'plugins.entries.x.config.a.b', 1],
  ])('leaves an empty object where %s', async (_why, key, value) => {
    const path = parseKeyPath(key) ?? []
    const tree = path.reduceRight<unknown>(
      (inner, step) => (step === '0' ? [inner] : { [step]: inner }),
      value,
    )
    const dir = folder({ 'openclaw.json': JSON.stringify(tree) })
    await edit(dir, unset(key))
    expect(dir.read('openclaw.json')).toContain(
      path.at(-2) === '0' ? '"id"' : `"${path.at(-2)}":{}`,
    )
  })

  it('does the same in YAML', async () => {
    const dir = folder({
      'gateway.yaml': 'gateway:\n  tls:\n    enabled: true\nsession:\n  # mine\n  dmScope: main\n',
    })
    expect(await edit(dir, unset('gateway.tls.enabled'), unset('session.dmScope'))).toBe('')
    const text = dir.read('gateway.yaml')
    expect(text).not.toMatch(/gateway|tls/)
    expect(text).toMatch(/session:\s+# mine/)
  })
})

describe('a change of YAML', () => {
  const TEXT = '# top\ngateway:\n  token: ${CONF_A} # old token\n  port: 8080\n'

  it('keeps comments, and a flat key gives way to the one it means', async () => {
    const dir = folder({ 'gateway.yaml': TEXT })
    expect(await edit(dir, set('gateway.port', 9090), set('gateway.auth.token', '${CONF_B}'))).toBe(
      '',
    )
    const text = dir.read('gateway.yaml')
    expect(text).toContain('# top')
    expect(text).not.toContain('CONF_A')
    const { config } = await loaded(dir.request({ env: { CONF_B: TOKEN } }))
    expect(config.gateway.port).toBe(9090)
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    expect(existsSync(dir.file('openclaw.json'))).toBe(false)
  })

  it('S3: `host` is rewritten whole when one of its keys is changed', async () => {
    const dir = folder({ 'gateway.yaml': 'gateway:\n  host: 10.0.0.4\n' })
    expect(await edit(dir, set('gateway.customBindHost', '10.0.0.5'))).toBe('')
    const { config } = await loaded(dir.request())
    expect(config.gateway).toMatchObject({ bind: 'custom', customBindHost: '10.0.0.5' })
  })

  it('removes a key, and adds to a list', async () => {
    const dir = folder({ 'gateway.yaml': `${TEXT}  trustedProxies:\n    - 10.0.0.1 # nginx\n` })
    expect(
      await edit(dir, unset('gateway.port'), set('gateway.trustedProxies[1]', '10.0.0.2')),
    ).toBe('')
    expect(dir.read('gateway.yaml')).toContain('# nginx')
    const { config } = await loaded(dir.request({ env: { CONF_A: TOKEN } }))
    expect(config.gateway.trustedProxies).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(config.gateway.port).toBe(18_789)
  })
})

describe('R62: files', () => {
  it('are private, the backup too, and the backup is the text before', async () => {
    const dir = folder({ 'openclaw.json': '{gateway:{port:1}}' })
    await edit(dir, set('gateway.port', 2))
    expect(dir.read('openclaw.json.bak')).toBe('{gateway:{port:1}}')
    for (const name of ['openclaw.json', 'openclaw.json.bak', 'openclaw.json.lock'])
      expect(statSync(dir.file(name)).mode & 0o777).toBe(0o600)
  })

  it('are made by the first change, the folder 0700', async () => {
    const dir = folder()
    const home = dir.file('deep/state')
    const request = dir.request({ env: { OPENCLAW_STATE_DIR: home } })
    expect((await editConfig(request, () => [set('gateway.port', 8080)])).kind).toBe('edited')
    expect(statSync(home).mode & 0o777).toBe(0o700)
    expect(statSync(`${home}/openclaw.json`).mode & 0o777).toBe(0o600)
    expect(existsSync(`${home}/openclaw.json.bak`)).toBe(false)
  })

  it('that are symbolic links stay links', async () => {
    const dir = folder({ 'real.json': '{}' })
    symlinkSync(dir.file('real.json'), dir.file('openclaw.json'))
    await edit(dir, set('gateway.port', 8080))
    expect(lstatSync(dir.file('openclaw.json')).isSymbolicLink()).toBe(true)
    expect(dir.read('real.json')).toContain('8080')
  })

  it('are left alone when they already say so', async () => {
    const dir = folder({ 'openclaw.json': '{gateway:{port:1}}' })
    const result = await editConfig(dir.request(), () => [set('gateway.port', 1)])
    expect(result).toMatchObject({ kind: 'edited', changed: false })
    expect(existsSync(dir.file('openclaw.json.bak'))).toBe(false)
  })
})

describe('a change is refused', () => {
  it.each([
    ['a wrong type', set('gateway.port', 'seventy'), 'gateway.port'],
    ['an unknown value', set('gateway.bind', 'everywhere'), 'gateway.bind'],
    ['an unknown key', set('gateway.nope', 1), 'there is no such key'],
    [
      'R60: a redaction marker',
      set('gateway.auth.token', '[redacted sha256:12345678]'),
      'redaction marker',
    ],
    [
      'R60: a redaction marker inside',
      set('gateway.auth', { token: '[redacted]' }),
      'redaction marker',
    ],
    [
      'R60: a redaction marker where no secret belongs',
      set('agents.defaults.workspace', '[redacted sha256:12345678]'),
      'redaction marker',
    ],
    ['a prototype key', set('__proto__.polluted', 1), 'not allowed'],
    [
      'a prototype key inside',
      set('plugins.entries.x', { path: 'x', config: { constructor: 1 } }),
      'not allowed',
    ],
    ['a key below a number', set('gateway.port.x', 1), 'neither an object nor a list'],
    ['a gap in a list', set('gateway.trustedProxies[5]', '10.0.0.1'), 'a list'],
    ['a number JSON cannot hold', set('record.maxBytes', Infinity), 'record.maxBytes'],
  ])('%s', async (_, change, expected) => {
    const text = '{gateway: {port: 18789}}'
    const dir = folder({ 'openclaw.json': text })
    expect(await edit(dir, change)).toContain(expected)
    expect(dir.read('openclaw.json')).toBe(text)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('even where the environment hides the value', async () => {
    const dir = folder({ 'openclaw.json': '{}' })
    const request = dir.request({ env: { OPENCLAW_GATEWAY_PORT: '8080' } })
    expect((await editConfig(request, () => [set('gateway.port', 'seventy')])).kind).toBe('refused')
  })

  it('when the file is broken, and the file is left as it is', async () => {
    const dir = folder({ 'openclaw.json': '{ broken' })
    expect(await edit(dir, set('gateway.port', 1))).toContain('openclaw.json:1')
    expect(dir.read('openclaw.json')).toBe('{ broken')
  })

  it('R65: but two mistakes can be mended one by one', async () => {
    const dir = folder({ 'openclaw.json': '{gateway:{prt:1,bnd:2}}' })
    expect(await edit(dir, unset('gateway.prt'))).toBe('')
    expect(await edit(dir, unset('gateway.bnd'))).toBe('')
    await loaded(dir.request())
  })
})

it('a change that would not start yet is made, with the problem', async () => {
  const dir = folder({ 'openclaw.json': '{}' })
  const result = await editConfig(dir.request(), () => [set('gateway.bind', 'lan')])
  expect(result.kind === 'edited' && result.problems.map(({ code }) => code)).toEqual(['no_token'])
  const after = await editConfig(dir.request(), () => [set('gateway.auth.token', OTHER_TOKEN)])
  expect(after.kind === 'edited' && after.problems).toEqual([])
})

it.each([
  ['a change', set('gateway.port', 2), 'edited'],
  ['a refused change', set('gateway.port', 'x'), 'refused'],
])('the lock is given back after %s', async (_, change, kind) => {
  const dir = folder({ 'openclaw.json': '{gateway:{port:1}}' })
  const request = dir.request()
  const held: string[] = []
  const lock: typeof request.host.lock = async (path) => {
    const taken = await request.host.lock(path)
    if (taken.kind === 'failed') return taken
    held.push(path)
    return {
      kind: 'held',
      release: () => {
        held.pop()
        taken.release()
      },
    }
  }
  const result = await editConfig({ ...request, host: { ...request.host, lock } }, () => [change])
  expect(result.kind).toBe(kind)
  expect(held).toEqual([])
})

it('nothing is changed while somebody else holds the lock', async () => {
  const dir = folder({ 'openclaw.json': '{gateway:{port:1}}' })
  const request = dir.request()
  const lock: typeof request.host.lock = () => Promise.resolve({ kind: 'failed', why: 'held' })
  const result = await editConfig({ ...request, host: { ...request.host, lock } }, () => [
    set('gateway.port', 2),
  ])
  expect(result.kind === 'refused' && result.problems[0]?.message).toBe('held')
  expect(dir.read('openclaw.json')).toBe('{gateway:{port:1}}')
})
