/** Mistakes in the configuration and the files beside it, each with a secret at the place of the mistake, so that whoever quotes it is found out. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import { settingAt, settings } from '../../src/config/schema-walk.ts'
import type { KeyPath } from '../../src/config/key-path.ts'
import { waitFor } from '../channels.fixture.ts'
import type { Day } from './day.ts'

/** Of the schema: every setting that is secret, `*` for any name in a map. */
export function secretSettings(): readonly KeyPath[] {
  const all = settings(configSchema)
  const below = all.flatMap(({ path, kind }) =>
    kind === 'map' || kind === 'list' ? [[...path, '*']] : [],
  )
  const paths = [...all.map(({ path }) => path), ...below]
  const secret = paths.filter((path) => settingAt(configSchema, path)?.kind === 'secret')
  return [...new Map(secret.map((path) => [path.join('.'), path])).values()]
}

type Shape = (value: string, day: Day, path: KeyPath) => unknown

/** What is written in place of each secret. */
const SHAPES: Readonly<Record<string, Shape>> = {
  list: (value) => [value],
  object: (value) => ({ value }),
  'unknown source': (value) => ({ source: 'vault', id: value }),
  'source without id': (value) => ({ source: 'env', key: value }),
  'name of a variable': (value) => ({ source: 'env', id: value }),
  'name of a file': (value) => ({ source: 'file', id: value }),
  program: (value) => ({ source: 'exec', id: value }),
  'cut variable': (value) => `\${${value}`,
  'closed variable': (value) => `\${${value.replaceAll(/[^a-z0-9]/g, '_')}}`,
  blank: (value) => `[redacted ${value}]`,
  number: (_value, { secrets }) => Number(secrets.number.value),
  twice: (value, { secrets }, path) =>
    /url|redis/.test(String(path)) ? value : secrets.token.value,
}

/** Each stands under a name that is nearly right as well, where that hides nothing else. */
function wrong(day: Day, shape: Shape, misspelt: boolean): object {
  const tree = {}
  for (const path of secretSettings()) {
    const taint = day.taints.find((one) => one.settings.includes(path.join('.')))
    const { value } = taint ?? day.secrets.wrongToken
    const steps = path.map((step) => (step === '*' ? 'work' : step))
    const last = steps.pop() ?? ''
    const parent = steps.reduce<Record<string, unknown>>((at, step) => {
      at[step] ??= {}
      return Object(at[step])
    }, tree)
    parent[last] = shape(value, day, path)
    if (misspelt) parent[`${last}s`] = value
  }
  return tree
}

/** Addresses in settings that are shown to people. */
function withPasswords({ secrets }: Day): object {
  const url = `https://someone:${secrets.wrongToken.value}@host.invalid/x`
  return {
    gateway: { remote: { url } },
    channels: {
      telegram: { apiBase: url, webhookUrl: url },
      discord: { apiBase: url },
      whatsapp: { apiBase: url },
    },
    models: { providers: { other: { baseUrl: url } } },
    telemetry: { otlp: { endpoint: url } },
  }
}

/** Each is validated and met in a reload, every second one started with. */
export async function mistakesAreMade(day: Day): Promise<void> {
  const file = join(day.world.dir, 'openclaw.json')
  const good = readFileSync(file, 'utf8')
  const place = join(day.world.place, 'mistakes')
  mkdirSync(place)
  const texts = Object.entries(SHAPES).map(([name, shape]) => {
    return [`${name}.json`, JSON.stringify(wrong(day, shape, name !== 'twice'))] as const
  })
  const cut = good.slice(0, good.indexOf(day.secrets.token.core) + 40)
  const yaml = `gateway:\n  auth:\n    token: "${day.secrets.token.value}\n   password: x: ${day.secrets.password.core}\n`
  const addresses = JSON.stringify(withPasswords(day))
  const all = [
    ...texts,
    ['addresses.json', addresses],
    ['cut.json', cut],
    ['bad.yaml', yaml],
  ] as const
  for (const [index, [name, text]] of all.entries()) {
    const config = join(place, name)
    writeFileSync(config, text, { mode: 0o600 })
    const env = { OPENCLAW_CONFIG_PATH: config }
    const words = ['config', 'validate', '--verbose', ...(index % 4 === 0 ? ['--json'] : [])]
    const { code } = await day.type(words, { env })
    expect([name, code]).toEqual([name, 1])
    if (index % 2 === 0) await day.fails(await freshDir(day, name), env)
    if (name.endsWith('.yaml')) continue
    await reloads(day, file, text)
  }
  await reloads(day, file, JSON.stringify(pastedElsewhere(day)))
  await reloads(day, file, good, /configuration applied/)
}

/** Where names and choices belong, which errors do repeat: here only a gateway that knows the secrets can redact them. */
function pastedElsewhere({ taints, secrets }: Day): object {
  const known = taints.filter(
    ({ settings }) => settings.length > 0 && settings[0] !== 'cluster.redis',
  )
  const names = Object.fromEntries(known.map(({ value }) => [value, true]))
  const { token, password, discord } = secrets
  return {
    gateway: { auth: { ...names, mode: token.value }, bind: password.value },
    session: { dmScope: discord.value },
  }
}

/** With the same secrets encrypted and logged in, and no gateway in it. */
async function freshDir({ world }: Day, name: string): Promise<string> {
  const dir = join(world.place, 'starts', name)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (const file of ['.secrets.age', '.env']) copyFileSync(join(world.dir, file), join(dir, file))
  return dir
}

async function reloads(day: Day, file: string, text: string, says = /is not applied/) {
  const from = day.gateway.output().length
  writeFileSync(file, text, { mode: 0o600 })
  await waitFor(() => expect(day.gateway.output().slice(from)).toMatch(says))
}

/** Files beside the configuration that somebody wrote by hand; each is put right again. */
export async function filesAreSpoilt(day: Day): Promise<void> {
  const { secrets, world } = day
  const spoils: Readonly<Record<string, string>> = {
    '.env': `TAINT_HOOK ${secrets.telegramWorkHook.value}\nexport "${secrets.dotenv.value}\n`,
    '.secrets': `TAINT_IDLE ${secrets.plainSecrets.value}\n`,
    'auth/api_keys.json': `{"keys":[{"id":"plain","key":${secrets.plainKey.value}}]}`,
    'credentials/anthropic-oauth.json': `{"type":"api_key","apiKey":${secrets.login.value}}`,
  }
  for (const [name, text] of Object.entries(spoils)) {
    const file = join(world.dir, name)
    const good = name === '.secrets' ? '' : readFileSync(file, 'utf8')
    writeFileSync(file, text, { mode: 0o600 })
    const look = name === 'auth/api_keys.json' ? 'api-keys list' : 'secrets list'
    for (const words of ['config validate', look, 'security audit'])
      await day.type([...words.split(' '), '--verbose'])
    writeFileSync(file, good, { mode: 0o600 })
  }
}
