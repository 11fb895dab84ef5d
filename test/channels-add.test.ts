/** `openclaw channels add` as it is typed: each of its options becomes its setting. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { channelsAdd } from '../src/cli/commands/channels-add.ts'
import { makeStateDir, runCli } from './gateway.ts'

function home(config: object = {}) {
  const dir = makeStateDir({ config })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const add = (args: string, input = '') =>
    runCli(dir, ['channels', 'add', ...args.split(' ')], { input })
  return {
    dir,
    add,
    channels: () => JSON.parse(readFileSync(join(dir, 'openclaw.json'), 'utf8')).channels,
  }
}

test('whatsapp, as the documents print it', () => {
  const { add, channels } = home()
  const line = 'whatsapp --token - --app-secret - --verify-token - --phone-number-id 1234567890'
  expect(add(line, 'access-token-1\napp-secret-2\nverify-token-3\n')).toMatchObject({ code: 0 })
  expect(channels()).toEqual({
    whatsapp: {
      token: 'access-token-1',
      appSecret: 'app-secret-2',
      verifyToken: 'verify-token-3',
      phoneNumberId: '1234567890',
    },
  })
})

test('telegram by webhook, as one account more, with a policy', () => {
  const { add, channels } = home()
  const line =
    'telegram --account family --token - --webhook-url https://claw.example --webhook-secret - --dm-policy locked --json'
  const { code, stdout } = add(line, `4242:one\n${'s'.repeat(32)}\n`)
  expect([code, JSON.parse(stdout).set]).toEqual([
    0,
    ['token', 'webhookSecret', 'webhookUrl', 'dmPolicy'].map(
      (name) => `channels.telegram.accounts.family.${name}`,
    ),
  ])
  expect(channels().telegram.accounts.family).toEqual({
    token: '4242:one',
    webhookUrl: 'https://claw.example',
    webhookSecret: 's'.repeat(32),
    dmPolicy: 'locked',
  })
  expect(stdout).not.toContain('4242')
})

test('a token in the place of another one is told of', () => {
  const { add } = home()
  expect(add('telegram --token -', '4242:one\n').stdout).not.toContain('before')
  expect(add('telegram --token -', '4242:two\n').stdout).toContain(
    'channels.telegram.token had another value before',
  )
  const { stdout } = add('telegram --token - --json', '4242:three\n')
  expect(JSON.parse(stdout).replaced).toEqual(['channels.telegram.token'])
})

test('every option of the command is read', () => {
  const { add } = home()
  const names = channelsAdd.options.map(({ flags }) => flags.split(' ')[0])
  for (const name of names.filter((one) => one !== '--config' && one !== '--account')) {
    const { stderr, stdout } = add(`telegram ${name} x`)
    expect([name, stdout + stderr]).not.toEqual([name, expect.stringContaining('nothing to set')])
  }
})

test('what stands in the way of a start is said, and what no network has is refused', () => {
  const { add } = home({ gateway: { bind: 'lan', auth: { mode: 'none' } } })
  const { code, stderr } = add('telegram --token -', '4242:one\n')
  expect([code, stderr]).toEqual([0, expect.stringContaining('the gateway does not start with it')])
  expect(add('telegram --app-secret -', 'x\n')).toMatchObject({ code: 1 })
  expect(add('whatsapp --token - --app-secret -', 'x\n')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing came for appSecret'),
  })
  expect(add('telegramm --token -', 'x\n').stderr).toContain('telegram, discord, whatsapp are')
})
