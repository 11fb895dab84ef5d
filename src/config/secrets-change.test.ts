import { dirname } from 'node:path'
import { existsSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { identitiesIn, makeIdentity, readersOf, seal } from './age.ts'
import { folder, OTHER_TOKEN, TOKEN, type Folder } from './folder.fixture.ts'
import {
  decryptSecrets,
  encryptSecrets,
  setSecret,
  unsetSecret,
  writePlain,
} from './secrets-change.ts'
import { initSecrets } from './secrets-init.ts'
import { readSecrets, secretsPlace, type SecretsPlace } from './secrets-store.ts'

const KEEP = { overwrite: false }

async function placeIn(dir: Folder): Promise<SecretsPlace> {
  const found = await secretsPlace(dir.request())
  if (found.kind === 'no') throw new Error(found.message)
  return found.place
}

async function ready(files: Readonly<Record<string, string>> = {}) {
  const dir = folder(files)
  const place = await placeIn(dir)
  expect(await initSecrets(place, 0)).toMatchObject({ kind: 'made' })
  return { dir, place }
}

async function textOf(place: SecretsPlace): Promise<string> {
  const read = await decryptSecrets(place)
  return read.kind === 'text' ? read.text : read.message
}

describe('init', () => {
  it('makes an identity for its owner alone, once', async () => {
    const { place } = await ready()
    expect(statSync(place.identity).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(place.identity)).mode & 0o777).toBe(0o700)
    expect(await initSecrets(place, 0)).toMatchObject({
      message: expect.stringContaining('is there already, and stays'),
    })
  })

  it('of several at once makes one, and only that one says so', async () => {
    const place = await placeIn(folder())
    const made = await Promise.all([1, 2, 3, 4].map(() => initSecrets(place, 0)))
    expect(made.filter(({ kind }) => kind === 'made')).toHaveLength(1)
  })

  it('makes none in a repository, nor beside secrets that it could not open', async () => {
    const dir = folder({ 'openclaw.json': '{ secrets: { identity: "repo/deep/id.txt" } }' })
    mkdirSync(dir.file('repo/.git'), { recursive: true })
    expect(await initSecrets(await placeIn(dir), 0)).toMatchObject({
      message: expect.stringMatching(/under version control \(.*repo\).*secrets\.identity/),
    })
    const { dir: second, place } = await ready()
    await setSecret(place, 'A', '1')
    second.remove('.config/openclaw/identity.txt')
    expect(await initSecrets(place, 0)).toMatchObject({
      message: expect.stringContaining('a new one could not open it'),
    })
  })
})

describe('one secret', () => {
  it('is set, set anew and removed; the others stay as they are written', async () => {
    const { dir, place } = await ready()
    await setSecret(place, 'A', '1')
    await setSecret(place, 'B', "it's $two")
    await setSecret(place, 'A', '3')
    expect(await textOf(place)).toBe('A=3\nB="it\'s $two"\n')
    expect(dir.read('.secrets.age')).not.toContain('two')
    expect(statSync(dir.file('.secrets.age')).mode & 0o777).toBe(0o600)
    expect(await unsetSecret(place, 'A')).toEqual({ kind: 'changed' })
    expect(await textOf(place)).toBe('B="it\'s $two"\n')
    expect(await unsetSecret(place, 'A')).toMatchObject({ kind: 'no' })
  })

  it.each([
    { name: 'A B', value: 'x', says: /named like an environment variable/ },
    { name: 'A', value: ' ', says: /the value is empty/ },
    { name: 'A', value: 'x\0', says: /zero byte/ },
    { name: 'A', value: 'x\uFFFD', says: /not UTF-8/ },
    { name: 'A', value: 'x'.repeat(65_537), says: /longer than 64 KiB/ },
    { name: 'A', value: '[redacted sha256:00000000]', says: /redaction marker/ },
  ])('is refused where $says', async ({ name, value, says }) => {
    const { dir, place } = await ready()
    expect(await setSecret(place, name, value)).toMatchObject({
      message: expect.stringMatching(says),
    })
    expect(existsSync(dir.file('.secrets.age'))).toBe(false)
  })

  it('needs an identity', async () => {
    const place = await placeIn(folder())
    expect(await setSecret(place, 'A', '1')).toMatchObject({
      message: expect.stringContaining('`openclaw secrets init` makes one'),
    })
  })

  it('set by many at once is kept with all the others', async () => {
    const { place } = await ready()
    const names = ['A', 'B', 'C', 'D', 'E']
    await Promise.all(names.map((name) => setSecret(place, name, name)))
    expect((await textOf(place)).trim().split('\n').toSorted()).toEqual(
      names.map((n) => `${n}=${n}`),
    )
  })
})

describe('readers besides the identity', () => {
  it('can open what is written, and are not forgotten by the next change', async () => {
    const safe = await makeIdentity(0)
    const { dir, place } = await ready()
    const own = identitiesIn(dir.read('.config/openclaw/identity.txt'))
    expect(own.kind).toBe('identities')
    const recipient = /age1\S+/.exec(dir.read('.config/openclaw/identity.txt'))?.[0] ?? ''
    const both = await seal('A=1\n', [recipient, safe.recipient])
    if (both.kind === 'failed') throw new Error(both.why)
    dir.writeBytes('.secrets.age', both.bytes)
    expect(await setSecret(place, 'B', '2')).toMatchObject({
      message: expect.stringMatching(/opened by 2, and would be by 1.*secrets\.recipients/),
    })
    expect(await textOf(place)).toBe('A=1\n')
    dir.write('openclaw.json', JSON.stringify({ secrets: { recipients: [safe.recipient] } }))
    expect(await setSecret(await placeIn(dir), 'B', '2')).toEqual({ kind: 'changed' })
    const written = await placeIn(dir).then(({ host }) => host.readBytes(dir.file('.secrets.age')))
    expect(written.kind === 'bytes' && readersOf(written.bytes)).toBe(2)
  })
})

describe('a plain file', () => {
  const plain = `# keys\nOPENAI_API_KEY=${TOKEN}\n`

  it('is encrypted as it stands, and gone', async () => {
    const { dir, place } = await ready({ '.secrets': plain })
    expect(await encryptSecrets(place, KEEP)).toEqual({ kind: 'changed' })
    expect(existsSync(dir.file('.secrets'))).toBe(false)
    expect(await textOf(place)).toBe(plain)
    expect(await encryptSecrets(place, KEEP)).toMatchObject({ kind: 'no' })
  })

  it('joins what is encrypted already; two values of one name are for its owner to decide', async () => {
    const { dir, place } = await ready({ '.secrets': 'A=1\nB=2\n' })
    await setSecret(place, 'A', '0')
    expect(await encryptSecrets(place, KEEP)).toMatchObject({
      message: expect.stringMatching(/^A: another value is encrypted/),
    })
    expect(dir.read('.secrets')).toBe('A=1\nB=2\n')
    expect(await encryptSecrets(place, { overwrite: true })).toEqual({ kind: 'changed' })
    expect(await textOf(place)).toBe('A=1\nB=2\n')
  })

  it('stays where it cannot be encrypted, or holds no variables', async () => {
    const dir = folder({ '.secrets': plain })
    expect(await encryptSecrets(await placeIn(dir), KEEP)).toMatchObject({ kind: 'no' })
    expect(dir.read('.secrets')).toBe(plain)
    const { dir: second, place } = await ready({ '.secrets': 'A="\n' })
    expect(await encryptSecrets(place, KEEP)).toMatchObject({
      message: expect.stringContaining('line 1 is no variable'),
    })
    expect(second.read('.secrets')).toBe('A="\n')
  })

  it('that is changed while it is encrypted stays', async () => {
    const { dir, place } = await ready({ '.secrets': 'A=1\n' })
    const host: SecretsPlace['host'] = {
      ...place.host,
      async write(path, content) {
        writeFileSync(dir.file('.secrets'), 'A=2\n')
        return place.host.write(path, content)
      },
    }
    expect(await encryptSecrets({ ...place, host }, KEEP)).toMatchObject({
      message: expect.stringContaining('was changed meanwhile and stays'),
    })
    expect(dir.read('.secrets')).toBe('A=2\n')
  })

  it('stays where the disk does not give back what was written', async () => {
    const { dir, place } = await ready({ '.secrets': plain })
    const wrong = await seal('A=other\n', [
      /age1\S+/.exec(dir.read('.config/openclaw/identity.txt'))?.[0] ?? '',
    ])
    if (wrong.kind === 'failed') throw new Error(wrong.why)
    const host: SecretsPlace['host'] = {
      ...place.host,
      write: (path) => place.host.write(path, wrong.bytes),
    }
    expect(await encryptSecrets({ ...place, host }, KEEP)).toMatchObject({ kind: 'no' })
    expect(dir.read('.secrets')).toBe(plain)
  })

  it('is written only where none with other text is', async () => {
    const { dir, place } = await ready()
    await setSecret(place, 'A', OTHER_TOKEN)
    const text = await textOf(place)
    expect(await writePlain(place, text)).toEqual({ kind: 'changed' })
    expect(statSync(dir.file('.secrets')).mode & 0o777).toBe(0o600)
    dir.write('.secrets', 'B=1\n')
    expect(await writePlain(place, text)).toMatchObject({ kind: 'no' })
    expect(dir.read('.secrets')).toBe('B=1\n')
    expect(await readSecrets(place)).toMatchObject({ plain: 'B=1\n', sealed: text })
  })
})
