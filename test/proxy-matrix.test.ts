/** R42: every proxy we document, at every place, over http and https: it works, or what refuses names the one setting to change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selfSigned, startDocumented, type Certificates } from './documented-proxy.fixture.ts'
import { TOKEN } from './gateway.ts'
import {
  EXAMPLE,
  PLACE_NAMES,
  PROXY_NAMES,
  refusedNaming,
  STEPS,
  TRIES,
  TRY_NAMES,
  type PlaceName,
  type ProxyName,
  type SettingKey,
} from './proxy-matrix-table.fixture.ts'
import { gatewayAt, MISSING, type Placed } from './proxy-scene.fixture.ts'
import { ATTEMPTS, type Visit } from './proxy-tries.fixture.ts'

const possible = MISSING.length === 0
const one = possible ? test : test.skip

const at = {} as { certificates: Certificates }
beforeAll(() => {
  if (possible) at.certificates = selfSigned()
})
afterAll(() => {
  if (possible) at.certificates.remove()
})

/** By either scheme. */
async function visitsThrough(name: ProxyName, placed: Placed): Promise<readonly Visit[]> {
  const { machine, upstream, peer } = placed
  await startDocumented(name, { machine, gateway: upstream, certificates: at.certificates })
  const { certificate } = at.certificates
  return (['http', 'https'] as const).map((scheme) => ({
    scheme,
    proxy: machine.address,
    certificate,
    client: machine.ours,
    peer,
  }))
}

/** As an owner does it, on a gateway that goes on running. */
async function set(key: SettingKey, place: PlaceName, { gateway, peer }: Placed): Promise<void> {
  // A container's address is another one tomorrow: there the network is listed (#8552).
  const proxies = place === 'bridge' ? peer.replace(/\d+$/, '0/24') : peer
  const values: Record<SettingKey, readonly string[]> = {
    'gateway.trustedProxies': [proxies],
    'gateway.controlUi.allowedOrigins': [`http://${EXAMPLE.name}`, `https://${EXAMPLE.name}`],
  }
  const applied = () => gateway.output().split('configuration applied').length
  const before = applied()
  const { code, stderr } = gateway.cli(['config', 'set', key, JSON.stringify(values[key])])
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^(?!warning: )./m)])
  await expect.poll(applied, { timeout: 10_000 }).toBeGreaterThan(before)
}

async function tried(visit: Visit): Promise<Record<string, string>> {
  const found: Record<string, string> = { scheme: visit.scheme }
  for (const name of TRY_NAMES) found[name] = await ATTEMPTS[name](visit)
  return found
}

function expected(step: number, { scheme }: Visit): Record<string, string | undefined> {
  const outcomes = TRY_NAMES.map((name) => [name, TRIES[name].outcomes[step]])
  return { scheme, ...Object.fromEntries(outcomes) }
}

describe(possible ? 'R42 behind a proxy' : `skipped: ${MISSING.join(', ')}`, () => {
  const cells = PLACE_NAMES.flatMap((place) => PROXY_NAMES.map((name) => [name, place] as const))
  one.each(cells)('%s, which reaches the gateway over %s', async (name, place) => {
    const placed = await gatewayAt(place, () => ({ auth: { token: TOKEN } }))
    const visits = await visitsThrough(name, placed)
    for (const [step, { key }] of STEPS.entries()) {
      if (key !== null) {
        const named = TRY_NAMES.map((one) => TRIES[one].outcomes[step - 1])
        expect(named, 'nobody has to guess what comes next').toContain(refusedNaming(key))
        await set(key, place, placed)
      }
      for (const visit of visits) expect(await tried(visit)).toEqual(expected(step, visit))
    }
  })
})
