/** What a handshake with the token and a known device costs, and whether it costs more among many devices: it must not. */
import { createHash, randomBytes } from 'node:crypto'
import { TestDevice } from '../src/access/device.fixture.ts'
import { loadFingerprintKey } from '../src/host/fingerprint-key.ts'
import { approvedDevice } from '../src/pairing/grant.ts'
import { DeviceTokens } from '../src/pairing/tokens.ts'
import type { PairedDevice } from '../src/pairing/types.ts'
import { openStore } from '../src/storage/open.ts'
import { pairingStore } from '../src/storage/pairings.ts'
import { startBareWs } from './bare.ts'
import { alone, compare, samples } from './compare.ts'
import { freshStateDir, startGatewayIn, STRICT } from './gateway.ts'
import type { Row } from './row.ts'
import type { ServerProcess } from './server-process.ts'
import { captureFrames } from './ws-frames.ts'
import { handshakeLoad } from './ws-load.ts'

const FEW = 10
const MANY = 100_000

export const DEVICE_NAMES = ['device-handshake', 'devices-10', 'devices-100000']

export async function deviceRows(wanted: (name: string) => boolean): Promise<readonly Row[]> {
  const rows: Row[] = []
  const device = new TestDevice()
  const load = handshakeLoad(device)
  if (wanted('device-handshake'))
    rows.push(await among(FEW, device, (gateway) => besideBare(gateway, device)))
  for (const [name, count, goal] of [
    ['devices-10', FEW, null],
    ['devices-100000', MANY, 'as with 10'],
  ] as const) {
    if (!wanted(name)) continue
    rows.push(
      await among(count, device, async (gateway) => {
        await load(gateway.port, 500)
        return alone(name, await samples(gateway, load), goal)
      }),
    )
  }
  return rows
}

async function besideBare(gateway: ServerProcess, device: TestDevice): Promise<Row> {
  const bare = await startBareWs(await captureFrames(gateway.port, device))
  try {
    const load = handshakeLoad(device)
    return await compare({ name: 'device-handshake', goal: '≤ 3 × CPU', load, gateway, bare })
  } finally {
    await bare.stop()
  }
}

/** A gateway that has approved `count` devices, this one among them. */
async function among(
  count: number,
  device: TestDevice,
  run: (gateway: ServerProcess) => Promise<Row>,
): Promise<Row> {
  const stateDir = freshStateDir(STRICT)
  const key = await loadFingerprintKey(stateDir)
  if (key.kind === 'failed') throw new Error(key.why)
  const tokens = new DeviceTokens(key.key)
  const store = await openStore(stateDir)
  const others = Array.from({ length: count - 1 }, someDevice)
  const devices = [device, ...others].map((one) => approved(one, tokens))
  await pairingStore(store, Date.now).save({ devices })
  await store.close()
  const gateway = await startGatewayIn(stateDir)
  try {
    return await run(gateway)
  } finally {
    await gateway.stop()
  }
}

/** A key that nobody needs to sign with. */
function someDevice(): Pick<TestDevice, 'id' | 'publicKey'> {
  const raw = randomBytes(32)
  const id = createHash('sha256').update(raw).digest('hex')
  return { id, publicKey: raw.toString('base64url') }
}

function approved(
  { id, publicKey }: Pick<TestDevice, 'id' | 'publicKey'>,
  tokens: DeviceTokens,
): PairedDevice {
  const description = {
    displayName: 'Bench',
    platform: 'linux',
    deviceFamily: null,
    clientId: 'cli',
    clientMode: 'cli',
  }
  const approvals = [
    { role: 'operator' as const, scopes: ['operator.read' as const], expiresAt: null },
  ]
  const grant = {
    deviceId: id,
    publicKey,
    description,
    remoteAddress: null,
    via: 'owner' as const,
    by: 'owner:owner',
    approvals,
  }
  return approvedDevice(null, grant, tokens, Date.now())
}
