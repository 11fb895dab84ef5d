/** R59, R61, R62, the taint scan: a long day in which every kind of secret is used, mistyped, guessed and repeated by others; afterwards none of them stands anywhere. */
import { readFileSync, rmSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandsAreTyped, untyped } from './taint/commands.ts'
import { credentialsAreMade } from './taint/credentials.ts'
import { Day } from './taint/day.ts'
import { finderOf } from './taint/find.ts'
import { filesAreSpoilt, mistakesAreMade, secretSettings } from './taint/mistakes.ts'
import { secretsStray, strangersGuess, strangersWrite } from './taint/strangers.ts'
import {
  filesBelow,
  killedAndRecovered,
  looksOverRest,
  networksAreCareless,
  passwordDay,
  tokensRotate,
} from './taint/troubles.ts'

const at = { day: {} as Day, codes: [] as readonly string[] }

async function secretsAreKept(day: Day): Promise<void> {
  const { secrets } = day
  await day.type(['secrets', 'init'])
  await day.type(['secrets', 'encrypt', '--verbose'])
  await day.type(['secrets', 'set', 'TAINT_APP', '--json'], { input: secrets.whatsappApp.value })
  await day.type(['secrets', 'set', 'TAINT_ENCRYPTED'], { input: secrets.encrypted.value })
  await day.type(['login', 'anthropic', '--verbose'], { input: secrets.login.value })
}

beforeAll(async () => {
  const day = await Day.begin()
  at.day = day
  await secretsAreKept(day)
  await day.start()
  await credentialsAreMade(day)
  at.codes = await strangersWrite(day)
  await strangersGuess(day)
  await secretsStray(day)
  await looksOverRest(day)
  await commandsAreTyped(day)
  await networksAreCareless(day)
  await mistakesAreMade(day)
  await filesAreSpoilt(day)
  await tokensRotate(day)
  await killedAndRecovered(day)
  await passwordDay(day)
}, 400_000)

afterAll(async () => {
  const { world } = at.day
  await Promise.all(Object.values(world.networks).map((network) => network.stop()))
  for (const dir of [world.dir, world.place]) rmSync(dir, { recursive: true, force: true })
})

describe('the scan', () => {
  it('has a secret in every setting that is one', () => {
    const covered = at.day.taints.flatMap(({ settings }) => settings)
    expect(secretSettings().map((path) => path.join('.'))).toEqual(
      expect.arrayContaining(['telemetry.otlp.headers.*', 'gateway.auth.token']),
    )
    expect(covered.toSorted()).toEqual(
      secretSettings()
        .map((path) => path.join('.'))
        .toSorted(),
    )
  })

  it('typed every command', () => {
    expect(untyped(at.day)).toEqual([])
    expect(at.day.typed.length).toBeGreaterThan(100)
  })

  it('finds a secret however it is spelt', () => {
    const taint = at.day.secrets.password
    const { find } = finderOf(at.day.taints)
    const { value, name } = taint
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    for (const spelt of [
      value,
      value.toUpperCase(),
      JSON.stringify(JSON.stringify({ value })),
      encodeURIComponent(value),
      [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
      Buffer.from(value).toString('hex').toUpperCase(),
      base64(value),
      base64(`u:${value}`),
      base64(`us:${value}`),
      base64(`use:${value}`),
      value.replaceAll(/.{7}/g, '$&\n'),
      base64(value).replaceAll(/.{7}/g, '$&\r\n'),
      JSON.stringify(value.replaceAll(/.{7}/g, '$&\n')),
      value.slice(0, -15),
      value.slice(-15),
    ])
      expect([spelt, find(`x=${spelt};`)]).toEqual([spelt, [name]])
    expect(find(value.slice(0, 9))).toEqual([])
  })
})

describe('R59 no secret stands', () => {
  it('R59 in what a command, a gateway or an answer said', () => {
    const { find } = finderOf(at.day.taints)
    const guilty = at.day.heard.flatMap(({ from, text, may }) => {
      const names = find(text).filter((name) => !may.includes(name))
      return names.length === 0 ? [] : [`${names.join(', ')} in: ${from}`]
    })
    expect(at.day.heard.length).toBeGreaterThan(1000)
    expect([...new Set(guilty)]).toEqual([])
  })

  it('R59 in any file but those in which its owner wrote it', () => {
    const { world, taints } = at.day
    const { find } = finderOf(taints)
    const files = [world.dir, world.temporary].flatMap((dir) =>
      filesBelow(dir).map((file) => [relative(dir, file), readFileSync(file, 'latin1')] as const),
    )
    const names = files.map(([name]) => name).join(' ')
    for (const kind of [/records\/\d+\.jsonl/, /store\.sqlite/, /recovered\//, /\.secrets\.age/])
      expect(names).toMatch(kind)
    const homesOf = (name: string) => taints.find((one) => one.name === name)?.homes ?? []
    const guilty = files.flatMap(([name, text]) =>
      find(text)
        .filter((secret) => !homesOf(secret).some((home) => home.test(name)))
        .map((secret) => `${secret} in ${name}`),
    )
    expect(guilty).toEqual([])
  })

  it('R59 in a trace', () => {
    const { bodies } = at.day.world.networks.collector
    expect(bodies.length).toBeGreaterThan(2)
    expect(finderOf(at.day.taints).find(bodies.join('\n'))).toEqual([])
  })

  it('R61 on the command line of a program that the gateway runs', () => {
    const seen = at.day.world.seenInVault()
    expect(seen).toContain('/vault/ask')
    expect(finderOf(at.day.taints).find(seen)).toEqual([])
  })

  it('R59 and no code that a stranger was told stands in the record or the log', () => {
    const { world, heard } = at.day
    const records = filesBelow(world.dir).filter((file) => file.includes('/records/'))
    const logs = heard.filter(({ from }) =>
      /^the gateway|^openclaw logs|\/(?:logs|record)/.test(from),
    )
    const texts = [
      ...records.map((file) => readFileSync(file, 'latin1')),
      ...logs.map(({ text }) => text),
    ]
    expect(at.codes.length).toBeGreaterThan(3)
    expect(texts.length).toBeGreaterThan(5)
    for (const code of at.codes)
      expect(texts.filter((text) => new RegExp(`\\b${code}\\b`).test(text))).toEqual([])
  })

  it('R62 in a file that others can read', () => {
    const open = filesBelow(at.day.world.dir).filter((file) => (statSync(file).mode & 0o077) !== 0)
    expect(open).toEqual([])
  })
})
