import { expect, it } from 'vitest'
import { configGet, type ConfigView } from './config-get.ts'
import { runOperation } from './operator-call.fixture.ts'

const VIEW: ConfigView = {
  path: '/home/me/.openclaw/openclaw.json',
  exists: true,
  parsed: { gateway: { auth: { token: '[redacted sha256:1a2b3c4d]' } } },
  config: { gateway: { port: 18789, auth: { token: '[redacted sha256:1a2b3c4d]' } } },
  valid: true,
  issues: [],
  warnings: [],
}

it('R59: config.get answers the redacted view and never the text of the file', async () => {
  const leaky = { ...VIEW, raw: '{ "token": "tok-secret" }', resolved: { token: 'tok-secret' } }
  const answer = await runOperation(configGet({ view: () => leaky }))
  expect(answer).toEqual({ ...VIEW, raw: null, legacyIssues: [] })
  expect(JSON.stringify(answer)).not.toContain('tok-secret')
})

it("config.get is an administrator's, on every surface", () => {
  expect(configGet({ view: () => VIEW }).requires).toBe('operator.admin')
})
