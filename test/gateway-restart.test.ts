/** `openclaw gateway restart` against the built gateway: a restart that cannot end well does not begin. */
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeStateDir, startGateway, TOKEN } from './gateway.ts'

const WHOLE = `{\n  gateway: { port: 0, auth: { mode: "token", token: "${TOKEN}" } },\n}\n`

async function running() {
  const dir = makeStateDir({ files: { 'openclaw.json': WHOLE } })
  const gateway = await startGateway({ dir })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const says = (text: string) => writeFileSync(join(dir, 'openclaw.json'), text, { mode: 0o600 })
  return { gateway, says }
}

test('a configuration that would not start: refused with the place, and the gateway answers on', async () => {
  const { gateway, says } = await running()
  const broken = [
    [WHOLE.replace('auth:', 'bnid: "lan", auth:'), /openclaw\.json:2: gateway\.bnid/],
    [WHOLE.replace(TOKEN, 'weak').replace('auth:', 'bind: "lan", auth:'), /4 characters/],
    ['{ gateway: { port: 0 }', /openclaw\.json/],
  ] as const
  for (const [text, problem] of broken) {
    says(text)
    const { code, stderr } = gateway.cli(['gateway', 'restart'])
    expect(stderr).toMatch(problem)
    expect(stderr).toContain('keeps the configuration it has')
    expect(code).toBe(1)
    expect((await gateway.ask({})).status).toBe(200)
  }
  says(WHOLE)
  expect(gateway.cli(['gateway', 'restart'])).toMatchObject({ code: 0 })
})

test('a port that another program took: the command ends with the gateway, and says why', async () => {
  const { gateway, says } = await running()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  says(WHOLE.replace('auth:', `bridgePort: ${port}, auth:`))
  const begun = performance.now()
  const { code, stderr } = gateway.cli(['gateway', 'restart'])
  expect(stderr).toMatch(/did not come back: .*/)
  expect(stderr).toContain(String(port))
  expect(code).toBe(1)
  expect(performance.now() - begun).toBeLessThan(30_000)
})

test('an order to stop that comes while it restarts is not lost', async () => {
  const { gateway } = await running()
  const restarts = await gateway.ask({ method: 'POST', path: '/api/v1/gateway/restart', body: {} })
  expect(restarts.status).toBe(200)
  expect(await gateway.stop()).toBe(0)
})
