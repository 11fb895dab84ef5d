/** What a start or a reload warns of is said by whatever changes the configuration, at once and in the same words. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rest, waitFor } from './channels.fixture.ts'
import { makeStateDir, runCli, startGateway, TOKEN } from './gateway.ts'

const WHATSAPP = { token: 'access-token', phoneNumberId: '1', verifyToken: 'verify-token' }
const CONFIG = {
  gateway: { auth: { mode: 'token', token: TOKEN } },
  channels: { whatsapp: { ...WHATSAPP, allowFrom: ['nobody at all'] } },
}
const ENTRY = /^channels\.whatsapp\.allowFrom: "nobody at all" lets nobody in\. Write /
const ACCOUNT = /^channels\.whatsapp: the account does not run: appSecret missing/
const BOTH = [expect.stringMatching(ENTRY), expect.stringMatching(ACCOUNT)]

function home(config: object = CONFIG) {
  const dir = makeStateDir({ config })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const cli = (args: readonly string[], input = '') => runCli(dir, args, { input })
  return { dir, cli }
}

const warned = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => /^warning: (.*)/.exec(line)?.[1] ?? [])

describe.each([
  ['config set', ['config', 'set', 'channels.whatsapp.dmPolicy', 'locked']],
  ['config set of what stands there', ['config', 'set', 'channels.whatsapp.dmPolicy', 'pairing']],
  ['config unset', ['config', 'unset', 'channels.whatsapp.apiBase']],
  ['configure', ['configure', '--set', 'channels.whatsapp.dmPolicy=locked', '--yes']],
  ['channels add', ['channels', 'add', 'whatsapp', '--dm-policy', 'locked']],
  ['config validate', ['config', 'validate']],
])('%s', (_name, args) => {
  test('warns on standard error, and ends well', () => {
    const { code, stdout, stderr } = home().cli(args)
    expect([code, warned(stderr), warned(stdout)]).toEqual([0, BOTH, []])
  })

  test('has it in --json', () => {
    const { code, stdout } = home().cli([...args, '--json'])
    const { warnings } = JSON.parse(stdout)
    expect([code, warnings]).toEqual([
      0,
      args[1] === 'validate'
        ? [{ code: 'invalid_entry' }, { code: 'account_incomplete' }].map((one) =>
            expect.objectContaining({ ...one, key: expect.stringMatching(/^channels\.whatsapp/) }),
          )
        : BOTH,
    ])
  })
})

test('what is mended is not said any more', () => {
  const { cli } = home()
  const first = cli(['config', 'set', 'channels.whatsapp.allowFrom', '["+1234567890"]'])
  expect(warned(first.stderr)).toEqual([expect.stringMatching(ACCOUNT)])
  const second = cli(['channels', 'add', 'whatsapp', '--app-secret', '-'], 'signs-what-comes\n')
  expect([second.code, second.stderr]).toEqual([0, ''])
})

test('everybody of a list that its policy does not open is said at once', () => {
  const { cli } = home({ channels: { telegram: { token: '4242:one' } } })
  const { code, stderr } = cli(['config', 'set', 'channels.telegram.allowFrom', '["*"]'])
  expect([code, warned(stderr)]).toEqual([
    0,
    [expect.stringMatching(/^channels\.telegram: "\*" in allowFrom counts for dmPolicy "open"/)],
  ])
})

test('a secret that this shell does not have is one warning, and no account lacks it', () => {
  const whatsapp = { ...WHATSAPP, appSecret: '${WHATSAPP_APP_SECRET}' }
  const { cli } = home({ channels: { whatsapp } })
  const { stderr } = cli(['config', 'set', 'channels.whatsapp.dmPolicy', 'locked'])
  expect(warned(stderr)).toEqual([expect.stringMatching(/WHATSAPP_APP_SECRET/)])
})

test('a start, a reload, `status`, and a change that the gateway makes say the same', async () => {
  const { dir, cli } = home()
  const said = warned(cli(['config', 'validate']).stderr)
  expect(said).toEqual(BOTH)
  const gateway = await startGateway({ dir })
  onTestFinished(() => void gateway.stop('SIGKILL'))
  await waitFor(() => expect(warned(gateway.output())).toEqual(said))
  const status = async () => (await rest(gateway, 'GET /status')).json.warnings
  expect(await status()).toEqual(said)

  const path = 'channels.whatsapp.allowFrom'
  const body = { path, value: ['somebody else'] }
  const changed = await rest(gateway, 'POST /config/change', body)
  const after = warned(cli(['config', 'validate']).stderr)
  expect(after).toEqual([expect.stringContaining('"somebody else" lets nobody in'), said[1]])
  expect(changed).toMatchObject({ status: 200, json: { changed: true, warnings: after } })
  expect(await status()).toEqual(after)
  const logged = cli(['logs', 'gateway', '--json']).stdout + gateway.output()
  for (const warning of after) expect(logged).toContain(JSON.stringify(warning).slice(1, -1))
  const remote = gateway.cli(['config', 'set', '--force', path, '["a third"]'])
  expect(warned(remote.stderr)).toEqual([expect.stringContaining('"a third"'), said[1]])
  expect(join(dir, 'openclaw.json')).toBe(changed.json.file)
})
