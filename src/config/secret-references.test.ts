import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { folder, loaded, refusal, TOKEN } from './folder.fixture.ts'

const withToken = (token: unknown): string => JSON.stringify({ gateway: { auth: { token } } })

/** As docs/secrets.md prints them. */
const VAULTS = [
  {
    program: 'vault',
    id: 'vault kv get -field=token secret/openclaw',
    argv: ['kv', 'get', '-field=token', 'secret/openclaw'],
  },
  {
    program: 'aws',
    id: 'aws secretsmanager get-secret-value --secret-id openclaw/anthropic --query SecretString --output text',
    argv: [
      'secretsmanager',
      'get-secret-value',
      '--secret-id',
      'openclaw/anthropic',
      '--query',
      'SecretString',
      '--output',
      'text',
    ],
  },
]

describe('a secret that is kept elsewhere', () => {
  it.each([
    ['a variable', { source: 'env', id: 'CONF_T' }],
    ['a file beside the configuration', { source: 'file', id: 'secrets/t' }],
    ['a file in the home folder', { source: 'file', id: '~/secrets/t' }],
    ['a program', { source: 'exec', id: '/bin/cat secrets-of-exec' }],
  ])('is fetched from %s', async (_, reference) => {
    const dir = folder({ 'secrets/t': `${TOKEN}\n` })
    const program = dir.write('prog', `#!/bin/sh\necho ${TOKEN}\n`)
    chmodSync(program, 0o700)
    const token =
      reference.source === 'exec' ? { ...reference, id: `${program} with "no shell;` } : reference
    dir.write('openclaw.json', withToken(token))
    const { config } = await loaded(dir.request({ env: { CONF_T: TOKEN } }))
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
  })

  it.each(['./prog', 'bin/prog', '~/bin/prog'])(
    'a program that is a path (%s) is the one beside the configuration, wherever the command is typed',
    async (id) => {
      const dir = folder({ 'openclaw.json': withToken({ source: 'exec', id: `${id} x` }) })
      for (const name of ['prog', 'bin/prog'])
        chmodSync(dir.write(name, `#!/bin/sh\necho ${TOKEN}\n`), 0o700)
      const { config } = await loaded(dir.request())
      expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    },
  )

  it.each([
    ['variable', 'env', 'q'.repeat(32)],
    ['variable in capitals', 'env', 'Q7'.repeat(16)],
    ['file', 'file', 'q'.repeat(32)],
    ['program', 'exec', 'q'.repeat(32)],
    ['program', 'exec', 'q/'.repeat(16)],
    ['program', 'exec', `${'q'.repeat(32)}\0`],
  ])('R59 is not repeated where it was written in place of a %s', async (what, source, id) => {
    const dir = folder({ 'openclaw.json': withToken({ source, id }) })
    const text = await refusal(dir.request())
    expect(text).toContain(`the ${source === 'env' ? 'environment variable' : what} it names`)
    expect(text).not.toContain(id)
  })

  it.each([
    [
      'an unset variable',
      { source: 'env', id: 'CONF_T' },
      /environment variable CONF_T is unset or empty/,
    ],
    ['a missing file', { source: 'file', id: 'nowhere' }, /file .*nowhere not found/],
    ['an empty file', { source: 'file', id: 'empty' }, /gave nothing/],
    ['a file others can write', { source: 'file', id: 'open' }, /can be written by everyone/],
    [
      'a missing program',
      { source: 'exec', id: '/no/such/program' },
      /program \/no\/such\/program not found/,
    ],
    ['a program that fails', { source: 'exec', id: '/bin/false' }, /failed \(exit 1\)/],
  ])('ends the start when it is %s', async (_, reference, expected) => {
    const dir = folder({ 'openclaw.json': `\n${withToken(reference)}`, empty: '\n', open: TOKEN })
    chmodSync(dir.file('open'), 0o666)
    const text = await refusal(dir.request())
    expect(text).toMatch(expected)
    expect(text).toMatch(/openclaw\.json:2: gateway\.auth\.token/)
  })

  it.each([
    { source: 'vault', id: 'x' },
    { source: 'env' },
    { source: 'env', id: ' ' },
    { source: 'env', id: 'X', more: 1 },
  ])('%j is no reference', async (reference) => {
    expect(await refusal(folder({ 'openclaw.json': withToken(reference) }).request())).toMatch(
      /gateway\.auth\.token.*a reference \{ source/,
    )
  })

  it('says every one that failed, and is left out where that is asked for', async () => {
    const dir = folder({
      'openclaw.json':
        '{gateway:{auth:{token:{source:"env",id:"CONF_A"},password:{source:"file",id:"b"}},port:8080}}',
    })
    const text = await refusal(dir.request())
    for (const part of ['CONF_A', 'gateway.auth.password']) expect(text).toContain(part)
    const { config, warnings } = await loaded(dir.request({ missing: 'omit' }))
    expect(config.gateway.port).toBe(8080)
    expect(warnings.map(({ code }) => code)).toEqual(['unresolved_secret', 'unresolved_secret'])
  })

  it.each(VAULTS)(
    'is fetched from $program as its documentation says',
    async ({ program, id, argv }) => {
      const dir = folder()
      const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${dir.file('argv')}'\necho "$FROM_PROCESS"\n`
      chmodSync(dir.write(`bin/${program}`, script), 0o700)
      dir.write('openclaw.json', withToken({ source: 'exec', id }))
      dir.write('.env', 'FROM_PROCESS=not-this\n')
      const env = { PATH: `${dir.file('bin')}:${process.env['PATH']}`, FROM_PROCESS: TOKEN }
      const { config } = await loaded(dir.request({ env }))
      expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
      expect(dir.read('argv').trimEnd().split('\n')).toEqual(argv)
    },
  )

  it('says which program it was, and nothing of what it printed', async () => {
    const dir = folder()
    const script = `#!/bin/sh\necho ${TOKEN}\necho ${TOKEN} >&2\nexit 2\n`
    chmodSync(dir.write('bin/vault', script), 0o700)
    dir.write('openclaw.json', withToken({ source: 'exec', id: VAULTS[0]?.id }))
    const text = await refusal(dir.request({ env: { PATH: `${dir.file('bin')}:/bin` } }))
    expect(text).toMatch(/gateway\.auth\.token: .*program vault failed \(exit 2\)/)
    expect(text).not.toContain(TOKEN)
  })

  it('is not looked for in an object that only looks like one', async () => {
    const config = {
      plugins: { entries: { x: { path: 'x', config: { source: 'env', id: 'HOME' } } } },
    }
    const result = await loaded(folder({ 'openclaw.json': JSON.stringify(config) }).request())
    expect(result.config.plugins.entries['x']?.config).toEqual({ source: 'env', id: 'HOME' })
  })
})
