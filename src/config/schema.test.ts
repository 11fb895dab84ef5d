import { describe, expect, it } from 'vitest'
import { SCOPES } from '../access/scopes.ts'
import { folder, loaded, TOKEN } from './folder.fixture.ts'
import { configJsonSchema } from './json-schema.ts'
import { keyText } from './key-path.ts'
import { configReference } from './reference-page.ts'
import { configSchema } from './schema.ts'
import { settings } from './schema-walk.ts'
import { GRANTABLE_SCOPES } from './section-auth.ts'
import { secretsOf } from './secrets-of.ts'

describe('the schema', () => {
  it('describes every key', () => {
    expect(
      settings(configSchema)
        .filter(
          ({ description, accepts, path }) =>
            path.at(-1) !== '*' && (description === '' || accepts === ''),
        )
        .map(({ path }) => keyText(path)),
    ).toEqual([])
  })

  it('knows every secret as one', () => {
    const secret = settings(configSchema)
      .filter(({ kind }) => kind === 'secret')
      .map(({ path }) => keyText(path))
    expect(secret).toEqual([
      'gateway.remote.token',
      'gateway.remote.password',
      'gateway.auth.token',
      'gateway.auth.tokenSecondary',
      'gateway.auth.password',
      'channels.discord.token',
      'channels.discord.accounts.*.token',
      'channels.telegram.token',
      'channels.telegram.webhookSecret',
      'channels.telegram.accounts.*.token',
      'channels.telegram.accounts.*.webhookSecret',
      'channels.whatsapp.token',
      'channels.whatsapp.appSecret',
      'channels.whatsapp.verifyToken',
      'channels.whatsapp.accounts.*.token',
      'channels.whatsapp.accounts.*.appSecret',
      'channels.whatsapp.accounts.*.verifyToken',
      'models.providers.*.apiKey',
      'store.url',
      'cluster.redis',
    ])
    const named = settings(configSchema)
      .map(({ path }) => path.at(-1) ?? '')
      .filter((name) => /token|password|secret$|apiKey$/i.test(name))
    expect(named.filter((name) => !secret.some((key) => key.endsWith(name)))).toEqual([])
  })

  it('grants the scopes that exist', () => expect(GRANTABLE_SCOPES).toEqual(SCOPES))

  it('is a JSON Schema in which secrets are write-only', () => {
    const text = JSON.stringify(configJsonSchema())
    expect(text).toContain('"writeOnly":true')
    expect(text).toContain('"additionalProperties":false')
    expect(JSON.parse(text)).toMatchObject({
      properties: { gateway: { properties: { port: { default: 18_789, maximum: 65_535 } } } },
    })
  })

  it('is a page with a row for every key', () => {
    const page = configReference()
    for (const { path, kind } of settings(configSchema))
      if (kind !== 'group') expect(page).toContain(`| \`${keyText(path)}\` |`)
  })
})

describe('a parsed value', () => {
  it('has header names in lower case, policies by one name, ids as text, origins as browsers send them', async () => {
    const { config } = await loaded(
      folder({
        'openclaw.json': `{
      gateway: {
        controlUi: { allowedOrigins: ["HTTPS://Control.example.com:443/", "*"] },
        auth: { allowTailscale: true, trustedProxy: { userHeader: "X-Forwarded-User", requiredHeaders: ["X-Forwarded-Proto"] } },
      },
      channels: { telegram: { dmPolicy: "allowlist", allowFrom: [123456789, "987"] } },
    }`,
      }).request(),
    )
    expect(config.gateway.auth.trustedProxy).toMatchObject({
      userHeader: 'x-forwarded-user',
      requiredHeaders: ['x-forwarded-proto'],
    })
    expect(config.gateway.auth.tailscale).toBe('enabled')
    expect(config.gateway.controlUi.allowedOrigins).toEqual(['https://control.example.com', '*'])
    expect(config.channels.telegram).toMatchObject({
      dmPolicy: 'locked',
      allowFrom: ['123456789', '987'],
    })
  })

  it.each([
    ['"require"', 'require'],
    ['undefined', 'disabled'],
  ])('tailscale %s is %s', async (given, expected) => {
    const text =
      given === 'undefined'
        ? '{gateway:{auth:{allowTailscale:false}}}'
        : `{gateway:{auth:{tailscale:${given}}}}`
    expect(
      (await loaded(folder({ 'openclaw.json': text }).request())).config.gateway.auth.tailscale,
    ).toBe(expected)
  })

  it('R59: prints no secret, however it is printed', async () => {
    const { config } = await loaded(
      folder({
        'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}},store:{url:"postgres://u:${TOKEN}@h/d"}}`,
      }).request(),
    )
    const { inspect } = await import('node:util')
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      String(config.gateway.auth.token),
    ])
      expect(text).not.toContain(TOKEN)
    expect(secretsOf(config).map(({ key }) => key)).toEqual(['gateway.auth.token', 'store.url'])
  })
})
