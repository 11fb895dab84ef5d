/** Identity from Tailscale against a stand-in `tailscale` command: what is believed, and how each failure ends (SPEC 2.6). */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { whoisAnswer } from '../src/host/tailscale-stand-in.ts'
import { TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const SERVE = {
  host: 'claw.tail1.ts.net',
  'tailscale-user-login': 'alice@example.com',
  'tailscale-user-name': 'Alice',
  'x-forwarded-for': '100.64.0.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'claw.tail1.ts.net',
}

/** What `tailscale whois` does, in `sh`, when asked of 100.64.0.7; of others it knows nothing. */
const KNOWS_ALICE = `case "$*" in
  *100.64.0.7*) echo '${whoisAnswer('alice@example.com')}' ;;
  *) echo 'no match for IP' >&2; exit 1 ;;
esac`

interface Tailnet {
  readonly gateway: RunningGateway
  /** How often `whois` was asked. */
  readonly asked: () => number
}

async function tailnet(script: string, auth: object): Promise<Tailnet> {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-tailscale-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const calls = join(dir, 'calls')
  writeFileSync(calls, '')
  const lines = [
    '#!/bin/sh',
    'if [ "$1" = whois ]; then',
    `echo asked >> '${calls}'`,
    script,
    'else exit 1; fi',
  ]
  writeFileSync(join(dir, 'tailscale'), `${lines.join('\n')}\n`)
  chmodSync(join(dir, 'tailscale'), 0o755)
  const gateway = await startGateway({
    config: { gateway: { auth: { token: TOKEN, ...auth } } },
    env: { PATH: `${dir}:${process.env['PATH'] ?? ''}` },
  })
  onTestFinished(async () => void (await gateway.stop()))
  return {
    gateway,
    asked: () => readFileSync(calls, 'utf8').split('\n').length - 1,
  }
}

const ENABLED = { tailscale: 'enabled' }

// The gateway takes Serve's connection for tailscaled's when its socket is root's, as the tests' sockets are here.
const one = process.getuid?.() === 0 ? test : test.skip

describe(process.getuid?.() === 0 ? 'Tailscale' : 'skipped: needs root', () => {
  one('a verified login is that person, asked once a minute', async () => {
    const { gateway, asked } = await tailnet(KNOWS_ALICE, ENABLED)
    for (let n = 0; n < 5; n += 1) {
      const { status, json } = await gateway.ask({ headers: SERVE })
      expect(status).toBe(200)
      expect(json).toMatchObject({
        method: 'tailscale',
        principal: { kind: 'user', id: 'alice@example.com' },
      })
    }
    expect(asked()).toBe(1)
  })

  one('each piece that is wrong or missing denies', async () => {
    const { gateway } = await tailnet(KNOWS_ALICE, ENABLED)
    const wrong: readonly (readonly [string, Record<string, string>])[] = [
      ['tailscale_identity_mismatch', { 'tailscale-user-login': 'mallory@example.com' }],
      ['tailscale_identity_mismatch', { 'tailscale-user-login': 'ALICE@example.com' }],
      ['tailscale_address_unknown', { 'x-forwarded-for': '100.64.0.8' }],
      ['tailscale_headers_missing', { 'x-forwarded-for': '100.64.0.7, 100.64.0.7' }],
      ['tailscale_headers_missing', { 'x-forwarded-for': 'nonsense' }],
      ['tailscale_headers_missing', { 'x-forwarded-proto': '' }],
      ['tailscale_headers_missing', { 'x-forwarded-host': ' ' }],
      ['tailscale_funnel', { 'tailscale-funnel-request': '?1' }],
    ]
    for (const [reason, change] of wrong) {
      const { status, text } = await gateway.ask({ headers: { ...SERVE, ...change } })
      expect([status, reason]).toStrictEqual([401, reason])
      expect(text).not.toMatch(/tailscale/i)
      expect(gateway.cli(['auth', 'why', requestIdOf(text)]).stdout).toContain(reason)
    }
  })

  one.each([
    ['it fails', 'echo "failed to connect to local tailscaled" >&2; exit 1'],
    ['it says nothing', 'exit 0'],
    ['it answers no JSON', 'echo "Machine: phone"'],
    ['it answers JSON without a login', 'echo "{}"'],
    ['it answers without an end', 'yes "{"'],
    ['it does not answer', 'exec sleep 30'],
    ['it kills itself', 'kill -9 $$'],
  ])('tailscaled is asked and %s: denied, and the token goes on working', async (_, script) => {
    const { gateway } = await tailnet(script, ENABLED)
    expect((await gateway.ask({ headers: SERVE })).status).toBe(401)
    expect(gateway.output()).toContain('tailscale_unavailable')
    expect((await gateway.ask({ headers: { ...SERVE, ...bearer(TOKEN) } })).status).toBe(200)
    expect((await gateway.ask({})).status).toBe(200)
  })

  one('a tagged machine is nobody', async () => {
    const tagged = whoisAnswer('tagged-devices', { tags: ['tag:server'] })
    const { gateway } = await tailnet(`echo '${tagged}'`, ENABLED)
    const headers = { ...SERVE, 'tailscale-user-login': 'tagged-devices' }
    expect((await gateway.ask({ headers })).status).toBe(401)
  })

  one(
    'require: no remote credential is enough by itself; the owner on this host stays',
    async () => {
      const { gateway } = await tailnet(KNOWS_ALICE, { tailscale: 'require' })
      const remote = { ...bearer(TOKEN), 'x-forwarded-for': '203.0.113.9' }
      expect((await gateway.ask({ headers: remote })).status).toBe(401)
      const mismatch = { ...SERVE, ...bearer(TOKEN), 'tailscale-user-login': 'eve@example.com' }
      expect((await gateway.ask({ headers: mismatch })).status).toBe(401)
      expect((await gateway.ask({ headers: SERVE })).status).toBe(200)
      expect((await gateway.ask({ headers: { ...SERVE, ...bearer(TOKEN) } })).status).toBe(200)
      expect((await gateway.ask({})).status).toBe(200)
      expect(gateway.cli(['status']).code).toBe(0)
    },
  )

  one('locks are keyed by the forwarded address', async () => {
    const { gateway } = await tailnet(KNOWS_ALICE, ENABLED)
    const ask = (address: string, token: string) =>
      gateway.ask({ headers: { ...SERVE, 'x-forwarded-for': address, ...bearer(token) } })
    const statuses = []
    for (let n = 0; n < 12; n += 1) statuses.push((await ask('100.64.0.9', `wrong-${n}`)).status)
    expect(statuses.at(0)).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    expect((await ask('100.64.0.9', TOKEN)).status).toBe(429)
    expect((await ask('100.64.0.10', TOKEN)).status).toBe(200)
    expect(gateway.cli(['lockouts', 'list']).stdout).toContain('100.64.0.9')
  })

  one('R43 a WebSocket with a verified identity is let in without pairing', async () => {
    const { gateway } = await tailnet(KNOWS_ALICE, ENABLED)
    const open = async (change: Record<string, string>) => {
      const client = new TestClient(gateway.port, { headers: { ...SERVE, ...change } })
      onTestFinished(() => client.socket.terminate())
      return client.connect({})
    }
    expect((await open({})).ok).toBe(true)
    const refused = await open({ 'tailscale-user-login': 'eve@example.com' })
    expect(refused.ok).toBe(false)
    expect(JSON.stringify(refused.error)).not.toMatch(/mismatch.*tailscale|whois/i)
  })

  one('off by default: the headers are forwarding evidence and nothing else', async () => {
    const { gateway, asked } = await tailnet(KNOWS_ALICE, {})
    const { status, text } = await gateway.ask({ headers: SERVE })
    expect(status).toBe(401)
    expect(asked()).toBe(0)
    expect(gateway.cli(['auth', 'why', requestIdOf(text)]).stdout).toContain(
      'gateway.auth.tailscale "enabled" lets tailnet users in',
    )
  })
})

function requestIdOf(text: string): string {
  const id = /"requestId":"([^"]+)"/.exec(text)?.[1]
  if (id === undefined) throw new Error(`no request id in ${text}`)
  return id
}
