import { chmodSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeIdentity, seal, type NewIdentity } from './age.ts'
import { editConfig } from './edit.ts'
import { folder, loaded, OTHER_TOKEN, refusal, TOKEN, type Folder } from './folder.fixture.ts'

const at = {
  identity: { text: '', recipient: '' } as NewIdentity,
  other: { text: '', recipient: '' } as NewIdentity,
}
beforeAll(async () => {
  const [identity, other] = await Promise.all([makeIdentity(0), makeIdentity(0)])
  Object.assign(at, { identity, other })
})

const IDENTITY = '.config/openclaw/identity.txt'

async function sealed(text: string): Promise<Buffer> {
  const made = await seal(text, [at.identity.recipient])
  if (made.kind === 'failed') throw new Error(made.why)
  return made.bytes
}

/** A state dir with these encrypted; its home is the same folder. */
async function withSealed(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Folder> {
  const dir = folder({ [IDENTITY]: at.identity.text, ...files })
  dir.writeBytes('.secrets.age', await sealed(text))
  return dir
}

async function token(dir: Folder, env = {}): Promise<string | undefined> {
  return (await loaded(dir.request({ env }))).config.gateway.auth.token?.reveal()
}

describe('what the secret files hold', () => {
  it('counts as variables, for settings and for ${NAME}', async () => {
    const dir = await withSealed(`OPENCLAW_GATEWAY_TOKEN=${TOKEN}\nDEMO=192.0.2.1\n`, {
      'openclaw.json': '{ gateway: { customBindHost: "${DEMO}" } }',
      '.secrets': 'OPENAI_API_KEY=from-plain\n',
    })
    const { config, offers, kept } = await loaded(dir.request())
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    expect(config.gateway.customBindHost).toBe('192.0.2.1')
    expect(config.models.providers['openai']?.apiKey?.reveal()).toBe('from-plain')
    expect(offers(['gateway', 'auth', 'token'])[0]).toMatchObject({
      from: 'secrets',
      source: `${dir.file('.secrets.age')} OPENCLAW_GATEWAY_TOKEN`,
    })
    expect(kept.map((secret) => secret.reveal())).toEqual([TOKEN, '192.0.2.1', 'from-plain'])
  })

  it('is overruled by the environment, and overrules .env and the configuration', async () => {
    const line = (value: string): string => `OPENCLAW_GATEWAY_TOKEN=${value}\n`
    const config = JSON.stringify({ gateway: { auth: { token: 'e'.repeat(64) } } })
    const plain = {
      '.secrets': line('b'.repeat(64)),
      '.env': line('c'.repeat(64)),
      'openclaw.json': config,
    }
    const dir = await withSealed(line('a'.repeat(64)), plain)
    const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN }
    expect(await token(dir, env)).toBe(TOKEN)
    expect(await token(dir)).toBe('a'.repeat(64))
    const { offers } = await loaded(dir.request({ env }))
    expect(offers(['gateway', 'auth', 'token']).map(({ value }) => String(value)[0])).toEqual([
      TOKEN[0],
      'a',
      'b',
      'c',
      'e',
    ])
  })

  it('is opened with the identity that the configuration names, also by a variable', async () => {
    const dir = folder({ 'keys/id.txt': at.identity.text, '.env': 'WHERE=keys\n' })
    dir.write('openclaw.json', '{ secrets: { identity: "${WHERE}/id.txt" } }')
    dir.writeBytes('.secrets.age', await sealed(`OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`))
    expect(await token(dir)).toBe(TOKEN)
  })
})

describe('secrets that cannot be opened', () => {
  const cases: readonly (readonly [string, (dir: Folder) => void, RegExp])[] = [
    [
      'without an identity',
      (dir) => dir.remove(IDENTITY),
      /needs the identity .*identity\.txt, which is not there.*config set secrets\.identity/,
    ],
    [
      'with another identity',
      (dir) => dir.write(IDENTITY, at.other.text),
      /cannot be opened with .*identity\.txt: it was encrypted to other/,
    ],
    [
      'with something else for an identity',
      (dir) => dir.write(IDENTITY, 'ssh-ed25519 AAAA'),
      /which is no age identity/,
    ],
    [
      'with an identity that others can write',
      (dir) => chmodSync(dir.file(IDENTITY), 0o666),
      /identity\.txt, which can be written by everyone/,
    ],
    [
      'when damaged',
      (dir) => dir.write('.secrets.age', 'age-encryption.org/v1\n'),
      /cannot be opened with .*: it is no file of age, or is damaged/,
    ],
    [
      'when others can write it',
      (dir) => chmodSync(dir.file('.secrets.age'), 0o666),
      /\.secrets\.age: can be written by everyone/,
    ],
  ]
  it.each(cases)('%s end the start, with file and next step', async (_, spoil, says) => {
    const dir = await withSealed(`OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`)
    spoil(dir)
    const text = await refusal(dir.request())
    expect(text).toMatch(says)
    expect(text).toContain(dir.file('.secrets.age'))
    expect(text).not.toContain(TOKEN)
    const { warnings } = await loaded(dir.request({ missing: 'omit' }))
    expect(warnings.map(({ code }) => code)).toEqual(['secrets_unopened'])
  })

  it('for a line that is no variable name the line, not what stands in it', async () => {
    const sealedText = await refusal(
      (await withSealed(`A=1\nno variable ${OTHER_TOKEN}\n`)).request(),
    )
    const plainText = await refusal(folder({ '.secrets': `A="${OTHER_TOKEN}\n` }).request())
    expect(sealedText).toMatch(/\.secrets\.age: line 2 of what it holds is no variable/)
    expect(plainText).toMatch(/\.secrets: line 1 of what it holds is no variable/)
    expect(sealedText + plainText).not.toContain(OTHER_TOKEN)
  })

  it('let the configuration be mended by a command', async () => {
    const dir = await withSealed(`OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`, {
      'elsewhere/id': at.identity.text,
    })
    dir.remove(IDENTITY)
    expect(await refusal(dir.request())).not.toBe('')
    const edited = await editConfig(dir.request(), () => [
      { kind: 'set', path: ['secrets', 'identity'], value: 'elsewhere/id' },
    ])
    expect(edited).toMatchObject({ kind: 'edited', startable: true })
    expect(await token(dir)).toBe(TOKEN)
  })
})
