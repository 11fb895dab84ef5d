/** A device that asks to be paired, for `real-clients.sh`: connects once from a forwarded, hence never local, place and prints what became of it as JSON. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { TestDevice } from '../src/access/device.fixture.ts'
import { BASE_PARAMS, REMOTE, TestClient } from '../src/server/websocket/test-client.fixture.ts'

/** `shared` shows the gateway token, `device` only the token that the gateway gave this device before. */
const [port, file, secret, scopes = ''] = process.argv.slice(2)
const gatewayToken = process.env['REAL_CLIENTS_TOKEN']
if (port === undefined || file === undefined || gatewayToken === undefined)
  throw new Error(
    'usage: REAL_CLIENTS_TOKEN=… real-clients-device.ts PORT FILE shared|device SCOPE',
  )

const kept = z.object({ privateKey: z.string(), deviceToken: z.string() })
const hello = z.looseObject({ auth: z.looseObject({ deviceToken: z.string().optional() }) })

const known = load(file)
const device = new TestDevice(createPrivateKey(known.privateKey))
const client = new TestClient(Number(port), { headers: REMOTE, device })
const { ok, payload, error } = await client.connect({
  client: { ...BASE_PARAMS.client, displayName: 'asking device' },
  scopes: [scopes],
  auth: secret === 'device' ? { deviceToken: known.deviceToken } : { token: gatewayToken },
})
if (ok === true) {
  const { deviceToken = known.deviceToken } = hello.parse(payload).auth
  save(file, { ...known, deviceToken })
}
console.log(
  JSON.stringify({
    deviceId: device.id,
    kind: ok === true ? 'admitted' : 'refused',
    code: error?.details?.['code'],
    requestId: error?.details?.['requestId'],
  }),
)
await client.close()

function load(path: string): z.output<typeof kept> {
  if (existsSync(path)) return kept.parse(JSON.parse(readFileSync(path, 'utf8')))
  const { privateKey } = generateKeyPairSync('ed25519')
  const made = {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    deviceToken: 'none yet',
  }
  save(path, made)
  return made
}

function save(path: string, what: z.output<typeof kept>): void {
  writeFileSync(path, JSON.stringify(what), { mode: 0o600 })
}
