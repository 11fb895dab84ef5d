/** R42, S4: an nginx that logs users in, as documented: they are in without pairing, or the record names the one setting to change. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { BASE_PARAMS, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { ask } from './gateway.ts'
import {
  documentedText,
  selfSigned,
  startDocumented,
  type Certificates,
} from './documented-proxy.fixture.ts'
import { EXAMPLE } from './proxy-matrix-table.fixture.ts'
import { gatewayAt, MISSING, type Placed } from './proxy-scene.fixture.ts'
import { USER, USER_ROWS, type UserRow } from './proxy-users-table.fixture.ts'

const possible = MISSING.length === 0
const one = possible ? test : test.skip
const ORIGIN = `https://${EXAMPLE.name}`
const LOGIN = { authorization: `Basic ${Buffer.from(`${USER}:hunter2hunter2`).toString('base64')}` }

const at = {} as { certificates: Certificates; users: string }
beforeAll(() => {
  if (!possible) return
  at.certificates = selfSigned()
  at.users = mkdtempSync(join(tmpdir(), 'openclaw-users-'))
  // nginx's workers are another user.
  chmodSync(at.users, 0o755)
  writeFileSync(join(at.users, 'users'), `${USER}:{PLAIN}hunter2hunter2\n`, { mode: 0o644 })
})
afterAll(() => {
  if (!possible) return
  at.certificates.remove()
  rmSync(at.users, { recursive: true, force: true })
})

async function scene({
  place,
  trustedProxies,
  trustedProxy,
  allowedOrigins = [ORIGIN],
}: UserRow): Promise<Placed> {
  const placed = await gatewayAt(place, (peer) => ({
    trustedProxies: trustedProxies ?? [peer],
    auth: {
      mode: 'trusted-proxy',
      trustedProxy: { userHeader: 'x-forwarded-user', ...trustedProxy },
    },
    controlUi: { allowedOrigins },
  }))
  const login = documentedText('nginx-users.conf').replace(
    '/etc/nginx/claw.users',
    join(at.users, 'users'),
  )
  await startDocumented('nginx', {
    machine: placed.machine,
    gateway: placed.upstream,
    certificates: at.certificates,
    vary: (text) => text.replace('location / {', `location / {\n${login}`),
  })
  return placed
}

describe(possible ? 'R42 a proxy that logs users in' : `skipped: ${MISSING.join(', ')}`, () => {
  one.each(USER_ROWS)('$title', async (row) => {
    const { machine, gateway } = await scene(row)
    const { certificate } = at.certificates
    const headers = { host: EXAMPLE.name, origin: ORIGIN, ...LOGIN }
    const answer = await ask(443, { to: machine.address, certificate, headers })
    if (row.refused !== null) {
      const requestId = /"requestId":"([^"]+)"/.exec(answer.text)?.[1] ?? ''
      const why = gateway.cli(['auth', 'why', requestId]).stdout
      expect(why).toContain(`refused: ${row.refused.code}`)
      expect(why.split('What to do:')[1]).toContain(row.refused.names)
    } else {
      expect(answer.json).toMatchObject({
        method: 'trusted-proxy',
        principal: { kind: 'user', id: USER },
        clientAddress: machine.ours,
      })
    }

    const page = new TestClient(443, {
      to: machine.address,
      tls: { certificate, name: EXAMPLE.name },
      headers,
      device: new TestDevice(),
    })
    onTestFinished(() => page.socket.terminate())
    const client = { ...BASE_PARAMS.client, id: 'openclaw-control-ui', mode: 'webchat' }
    expect((await page.connect({ client })).ok).toBe(row.refused === null)
  })
})
