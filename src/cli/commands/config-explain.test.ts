import { describe, expect, it } from 'vitest'
import { runConfigExplain } from './config-explain.ts'
import { shell } from './config-shell.fixture.ts'

const TOKEN = 'c0ffee11'.repeat(8)

describe('config explain', () => {
  it.each([
    [
      '{gateway:{trustedProxies:["10.0.0.1"]}}',
      'false because gateway.trustedProxies is not empty',
    ],
    ['{tools:{exec:{sandbox:"off"}}}', 'false because tools.exec.sandbox is "off"'],
    ['{gateway:{tailscale:{mode:"serve"}}}', 'false because gateway.tailscale.mode is "serve"'],
    ['{gateway:{auth:{mode:"trusted-proxy"}}}', 'false because the mode is trusted-proxy'],
    ['{}', 'true because nothing on this host is known to act for others'],
    ['{gateway:{auth:{allowLocalDirect:true}}}', 'won   '],
  ])('%s: says why local callers are admitted or not', async (text, why) => {
    const explain = { path: 'gateway.auth.allowLocalDirect', json: false }
    const { stdout } = await shell({ 'openclaw.json': text }).run((io) =>
      runConfigExplain(explain, io),
    )
    expect(stdout).toContain(why)
  })

  it.each([
    ['{}', 'token because neither a token nor a password is configured'],
    ['{gateway:{auth:{password:"correct-horse-battery"}}}', 'password because a password'],
    [`{gateway:{auth:{token:"${TOKEN}"}}}`, 'token because a token is configured'],
  ])('%s: says why the mode is what it is', async (text, why) => {
    const { stdout } = await shell({ 'openclaw.json': text }).run((io) =>
      runConfigExplain({ path: 'gateway.auth.mode', json: false }, io),
    )
    expect(stdout).toContain(why)
  })

  it('R46: names every source of a token, who won and who lost, and no secret', async () => {
    const one = shell(
      {
        '.env': 'OPENCLAW_GATEWAY_TOKEN=from-dotenv-file\n',
        'openclaw.json': `{\n gateway:{auth:{token:"${TOKEN}"}}}`,
      },
      { OPENCLAW_GATEWAY_TOKEN: 'deadbeef'.repeat(8) },
    )
    const { stdout, code } = await one.run((io) =>
      runConfigExplain({ path: 'gateway.auth.token', json: false }, io),
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/won {3}environment variable OPENCLAW_GATEWAY_TOKEN: \[redacted sha256:/)
    expect(stdout).toMatch(/lost {2}\S*\.env:1 OPENCLAW_GATEWAY_TOKEN: \[redacted hmac:/)
    expect(stdout).toMatch(/lost {2}\S*openclaw\.json:2: \[redacted sha256:/)
    for (const secret of [TOKEN, 'deadbeef', 'from-dotenv']) expect(stdout).not.toContain(secret)
  })

  it('shows the default, and what is accepted', async () => {
    const { stdout } = await shell().run((io) =>
      runConfigExplain({ path: 'gateway.bind', json: false }, io),
    )
    expect(stdout).toContain('won   default: loopback')
    expect(stdout).toContain('one of loopback, lan, tailnet, custom')
  })

  it('hides secrets inside a group, and speaks JSON', async () => {
    const one = shell({ 'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}}}` })
    const { stdout } = await one.run((io) =>
      runConfigExplain({ path: 'gateway.auth', json: true }, io),
    )
    expect(stdout).not.toContain(TOKEN)
    expect(JSON.parse(stdout)).toMatchObject({
      key: 'gateway.auth',
      sources: [{ won: true }, { won: false }],
    })
  })

  it('refuses what does not exist', async () => {
    expect(
      (await shell().run((io) => runConfigExplain({ path: 'gateway.nope', json: false }, io))).code,
    ).toBe(1)
    expect(
      (
        await shell({ 'openclaw.json': '{' }).run((io) =>
          runConfigExplain({ path: 'gateway.port', json: false }, io),
        )
      ).code,
    ).toBe(1)
  })
})
