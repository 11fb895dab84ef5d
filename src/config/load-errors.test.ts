import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { folder, refusal, TOKEN } from './folder.fixture.ts'

async function refusedJson(text: string): Promise<string> {
  return refusal(folder({ 'openclaw.json': text }).request())
}
async function refusedYaml(text: string): Promise<string> {
  return refusal(folder({ 'gateway.yaml': text }).request())
}

describe('broken files', () => {
  it.each([
    ['{ "gateway": {\n "auth": {\n "token": 7', 3],
    ['{\n a: 1\n b: 2 }', 3],
    ['', 1],
    ['[1]', 1],
    ['"text"', 1],
  ])('JSON5 %j is refused with its line', async (text, line) => {
    expect(await refusedJson(text)).toContain(`openclaw.json:${line}: `)
  })

  it.each([
    ['gateway:\n  port: 1\n port: 2\n', 3],
    ['gateway:\n  port: 1\n  port: 2\n', 3],
    ['gateway: {\n', 2],
    ['a: 1\n---\nb: 2\n', 2],
    ['- 1\n', 1],
    ['gateway:\n  auth: !secret x\n', 2],
  ])('YAML %j is refused with its line', async (text, line) => {
    expect(await refusedYaml(text)).toContain(`gateway.yaml:${line}: `)
  })

  it('R59: a broken file is described without quoting it', async () => {
    const secret = 'do-not-print-me-anywhere'
    expect(await refusedYaml(`gateway:\n  token: "${secret}" "x\n`)).not.toContain(secret)
    expect(await refusedJson(`{gateway:{token:"${secret}" "${secret}"}}`)).not.toContain(secret)
  })

  it('a key that stands twice is refused, not the last one taken', async () => {
    expect(await refusedJson('{\n gateway: {port: 1},\n "gateway": {}\n}')).toMatch(
      /gateway: stands twice/,
    )
  })

  it.each([
    '{"__proto__": {"x": 1}}',
    '{gateway: {constructor: 1}}',
    '{agents:{list:[{id:"a",prototype:1}]}}',
  ])('%s is refused', async (text) => {
    expect(await refusedJson(text)).toContain('this name is not allowed')
  })

  it('nesting without end is refused, not followed', async () => {
    expect(await refusedJson(`{a:${'['.repeat(60)}${']'.repeat(60)}}`)).toContain('nested')
    expect(await refusedJson(`{a:${'['.repeat(200_000)}`)).toMatch(/openclaw\.json/)
    expect(
      await refusedYaml(`a: &a [x,x]\nb: &b [${'*a,'.repeat(40)}*a]\nc: [${'*b,'.repeat(40)}*b]\n`),
    ).toMatch(/gateway\.yaml/)
  })

  it('bytes that are no text are refused', async () => {
    const dir = folder({ 'openclaw.json': '' })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(dir.file('openclaw.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    expect(await refusal(dir.request())).toContain('is not UTF-8 text')
  })

  it.each(['openclaw.json', '.env'])('%s that others can write is refused', async (name) => {
    const dir = folder({ [name]: name === '.env' ? 'A=1\n' : '{}' })
    chmodSync(dir.file(name), 0o602)
    expect(await refusal(dir.request())).toMatch(/can be written by everyone.*chmod 600/)
  })
})

describe('wrong content', () => {
  it('an unknown key is answered with the nearest one, and its line', async () => {
    const text = await refusedJson('{\n gateway: {\n  auth: {\n   tokn: "x"\n } } }')
    expect(text).toContain(
      'openclaw.json:4: gateway.auth.tokn: there is no such key. Did you mean gateway.auth.token?',
    )
  })

  it('a key in the wrong place is answered with the right one', async () => {
    expect(await refusedJson('{dmScope:"main"}')).toContain('Did you mean session.dmScope?')
  })

  it('R59: the value of an unknown key is not shown: it may be a mistyped secret', async () => {
    expect(await refusedJson(`{gateway:{auth:{tokn:"${TOKEN}"}}}`)).not.toContain(TOKEN)
    expect(await refusedJson(`{gateway:{auth:"${TOKEN}"}}`)).not.toContain(TOKEN)
    expect(await refusedJson(`{gateway:{auth:{token:["${TOKEN}"]}}}`)).not.toContain(TOKEN)
  })

  it('R59: what a variable holds is not shown, wherever it is put: it may be a secret', async () => {
    const env = { CONF_SECRET: 'hunter2-hunter2' }
    for (const text of [
      '{gateway:{customBindHost:"${CONF_SECRET}"}}',
      '{gateway:{port:"${CONF_SECRET}"}}',
      '{gateway:{controlUi:{allowedOrigins:["https://x.example/${CONF_SECRET}"]}}}',
      '{gateway:{trustedProxies:["10.0.0.1","${CONF_SECRET}"]}}',
      '{gateway:{token_secondary:"x",host:"${CONF_SECRET}"}}',
    ]) {
      const said = await refusal(folder({ 'openclaw.json': text }).request({ env }))
      expect(said).not.toContain('hunter2')
      expect(said, text).toContain('what environment variable CONF_SECRET says')
    }
  })

  it('YAML errors name the line, too', async () => {
    expect(
      await refusedYaml('gateway:\n  auth:\n    rateLimit:\n      maxAttempts: 0\n'),
    ).toContain(
      'gateway.yaml:4: gateway.auth.rateLimit.maxAttempts: 0 is not accepted. Accepted: a whole number from 1 to 100',
    )
  })

  it.each([
    [
      '{gateway:{port:"seventy"}}',
      /gateway\.port: "seventy" is not accepted\. Accepted: a whole number from 0 to 65535/,
    ],
    ['{gateway:{port:70000}}', /gateway\.port: 70000/],
    ['{gateway:{port:1.5}}', /gateway\.port: 1\.5/],
    ['{gateway:{bind:"everywhere"}}', /one of loopback, lan, tailnet, custom/],
    [
      '{gateway:{trustedProxies:["10.0.0.0/8","10.0.0.300"]}}',
      /gateway\.trustedProxies\[1\]: "10\.0\.0\.300"/,
    ],
    ['{gateway:{trustedProxies:["10.0.0.0/33"]}}', /10\.0\.0\.0\/33/],
    [
      '{gateway:{trustedProxies:"10.0.0.1"}}',
      /gateway\.trustedProxies: "10\.0\.0\.1" is not accepted\. Accepted: a list/,
    ],
    ['{gateway:{customBindHost:"example"}}', /an IPv4 or IPv6 address/],
    ['{gateway:{auth:null}}', /gateway\.auth: null/],
    [
      '{gateway:{auth:{token:7}}}',
      /gateway\.auth\.token: a number is not accepted\. Accepted: a string in quotes/,
    ],
    ['{gateway:{auth:{token:"  "}}}', /gateway\.auth\.token: this text is blank/],
    ['{gateway:{auth:{trustedProxy:{userHeader:"x y"}}}}', /the header in which the proxy writes/],
    ['{gateway:{auth:{trustedProxy:{userHeader:"Authorization"}}}}', /already has another meaning/],
    ['{gateway:{auth:{trustedProxy:{allowUsers:[" "]}}}}', /allowUsers\[0\]/],
    [
      '{gateway:{auth:{trustedProxy:{jwt:{header:"x-jwt",issuer:"i",audience:"a"}}}}}',
      /either jwksUri or jwksFile/,
    ],
    ['{gateway:{auth:{tailscale:"disabled",allowTailscale:true}}}', /contradicts tailscale/],
    ['{gateway:{controlUi:{allowedOrigins:["control.example.com"]}}}', /is no origin/],
    ['{gateway:{controlUi:{allowedOrigins:["https://a.example./"]}}}', /is no origin/],
    ['{gateway:{controlUi:{allowedOrigins:["https://a.example/path"]}}}', /is no origin/],
    [
      '{gateway:{http:{securityHeaders:{strictTransportSecurity:"a\\nb"}}}}',
      /strictTransportSecurity/,
    ],
    ['{store:{url:"mysql://x"}}', /store\.url: this text is no such address/],
    ['{agents:{list:[{id:"a"},{id:"a"}]}}', /names an agent twice/],
    ['{agents:{list:[]}}', /agents\.list/],
    [
      '{channels:{discord:{allowFrom:[12345678901234567890]}}}',
      /in quotes where it has more than 15 digits/,
    ],
    ['{commands:{ownerAllowFrom:["*"]}}', /would make everyone the owner/],
    ['{plugins:{entries:{x:{}}}}', /plugins\.entries\.x\.path: is missing/],
    [
      '{gateway:{token:"a",auth:{token:"b"}}}',
      /gateway\.token: means the same as gateway\.auth\.token/,
    ],
  ])('%s', async (text, expected) => expect(await refusedJson(text)).toMatch(expected))

  it.each([
    ['maxAttempts', 0],
    ['maxAttempts', 101],
    ['maxAttempts', -1],
    ['windowMs', 0],
    ['windowMs', '"1 minute"'],
    ['lockoutMs', -1],
    ['maxAttempts', 'Infinity'],
    ['windowMs', 'NaN'],
    ['exemptLoopback', '"yes"'],
  ])('R30: rateLimit.%s %s is nonsense', async (key, value) => {
    expect(await refusedJson(`{gateway:{auth:{rateLimit:{${key}:${value}}}}}`)).toContain(
      `gateway.auth.rateLimit.${key}`,
    )
  })

  it.each([
    ['gateway.auth.mode', '{gateway:{auth:{mode:"open"}}}'],
    ['gateway.auth.tailscale', '{gateway:{auth:{tailscale:"yes"}}}'],
    ['gateway.tailscale.mode', '{gateway:{tailscale:{mode:"on"}}}'],
    [
      'gateway.auth.identityScopes["nick@example.com"][0]',
      '{gateway:{auth:{identityScopes:{"nick@example.com":["operator.root"]}}}}',
    ],
    ['channels.discord.dmPolicy', '{channels:{discord:{dmPolicy:"anyone"}}}'],
    ['channels.telegram.groupPolicy', '{channels:{telegram:{groupPolicy:"all"}}}'],
    ['session.dmScope', '{session:{dmScope:"per-user"}}'],
    ['tools.exec.sandbox', '{tools:{exec:{sandbox:"none"}}}'],
    ['security.session.sameSite', '{security:{session:{sameSite:"none"}}}'],
  ])('R55: an unknown value of %s is refused', async (key, text) => {
    expect(await refusedJson(text)).toContain(`${key}: `)
  })

  it.each(['[redacted sha256:12345678]', '[redacted]', '[secret]'])(
    'R60: %s in the file is no secret',
    async (marker) => {
      expect(await refusedJson(JSON.stringify({ gateway: { auth: { token: marker } } }))).toContain(
        'redaction marker',
      )
    },
  )

  it.each(['a${b-pa55', 'pa55${', '${pa55', '${pa55pa55}'])(
    'R59: a secret with ${ in it (%s) is not repeated',
    async (token) => {
      const text = await refusedJson(JSON.stringify({ gateway: { auth: { token } } }))
      expect(text).toContain('gateway.auth.token: ')
      expect(text).not.toContain('pa55')
    },
  )

  it.each([
    ['gateway.remote.url', (url: string) => ({ gateway: { remote: { url } } })],
    ['telegram.apiBase', (apiBase: string) => ({ channels: { telegram: { apiBase } } })],
    ['telegram.webhookUrl', (webhookUrl: string) => ({ channels: { telegram: { webhookUrl } } })],
    [
      'accounts.work.apiBase',
      (apiBase: string) => ({ channels: { discord: { accounts: { work: { apiBase } } } } }),
    ],
    [
      'models.providers.x.baseUrl',
      (baseUrl: string) => ({ models: { providers: { x: { baseUrl } } } }),
    ],
    ['telemetry.otlp.endpoint', (endpoint: string) => ({ telemetry: { otlp: { endpoint } } })],
  ])('R59: %s, which is shown, may hold no password', async (key, made) => {
    for (const who of ['me:pa55@', 'pa55@']) {
      const text = await refusedJson(JSON.stringify(made(`https://${who}host.invalid/x`)))
      expect(text).toContain(`${key}: `)
      expect(text).not.toContain('pa55')
    }
  })

  it('says everything that is wrong at once', async () => {
    const text = await refusedJson('{gateway:{port:"x",bind:"y",auth:{token:"${CONF_NOT_SET}"}}}')
    for (const part of ['gateway.port', 'gateway.bind', 'CONF_NOT_SET'])
      expect(text).toContain(part)
  })
})
