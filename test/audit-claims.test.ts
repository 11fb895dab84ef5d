/**
 * What the audit says of strangers is what they meet: for any configuration, a gateway is started with it and asked over real
 * sockets from another machine and by another user of this one, who say nothing or pretend to be a proxy or a tailnet.
 * `AUDIT_CONFIGS=all` starts 1,000 configurations, else 200; those that do not start must be said not to.
 */
import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { look } from '../src/app/audit-look.ts'
import { stopGateway } from '../src/app/running.ts'
import { startGateway, type Started } from '../src/app/start.ts'
import { StartProblem } from '../src/app/start-problem.ts'
import type { Finding } from '../src/audit/types.ts'
import { OTHER_UID } from '../src/audit/decided.ts'
import { strangers, waysIn, type Stranger } from '../src/audit/ways-in.ts'
import { anyConfig } from './audit/any-config.fixture.ts'
import { requester, type Requester } from './audit/requesters.fixture.ts'
import { sceneOf } from './audit/scene.fixture.ts'
import { noMachines, otherMachine, type Machine } from './machine.fixture.ts'

const MISSING = noMachines()
const ALL = process.env['AUDIT_CONFIGS'] === 'all'
const CONFIGS = ALL ? 1_000 : 200
/** Most of a start and a stop is waiting for the disk. */
const AT_ONCE = 6
const AS_ANOTHER = ['setpriv', `--reuid=${OTHER_UID}`, `--regid=${OTHER_UID}`, '--clear-groups']

/** Also those whom the audit takes for unable to reach it are sent. */
const EVERYWHERE = { reached: true, listens: ['0.0.0.0', '::'] }

interface World {
  readonly machine: Machine
  readonly elsewhere: Requester
  readonly anotherUser: Requester
}

function openWorld(): World {
  const machine = otherMachine()
  const elsewhere = requester(machine.within)
  const anotherUser = requester(AS_ANOTHER)
  onTestFinished(() => {
    elsewhere.end()
    anotherUser.end()
    machine.remove()
  })
  return { machine, elsewhere, anotherUser }
}

/** Why it does not start, or what did. */
async function start(
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<Started | string> {
  const io = { stdout: () => {}, stderr: () => {}, env, isTty: false, columns: null }
  const parts = {
    options: { port: 0, verbose: false },
    stateDir: dir,
    io,
    version: 'test',
    stop: () => {},
  }
  try {
    return await startGateway({ ...parts, restart: () => false })
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error
    // The port that was free for IPv4 may be another's for IPv6.
    return /in use by another program/.test(error.message) ? start(dir, env) : error.message
  }
}

/** Whether they are let in, over a socket of their own. */
async function meets(stranger: Stranger, { at }: Started, world: World): Promise<boolean> {
  const { peer, headers = [] } = stranger.request
  const [first] = at
  const request = { port: first?.port ?? 0, method: 'GET', path: '/api/v1/whoami', headers }
  const status =
    stranger.from === 'elsewhere'
      ? await world.elsewhere.send({ ...request, to: world.machine.ours })
      : await world.anotherUser.send({ ...request, from: peer, to: hereOf(first?.address, peer) })
  expect([0, 200, 400, 401, 403]).toContain(status)
  return status === 200
}

/** An address on which this host reaches what listens at `address`. */
function hereOf(address: string | undefined, peer: string): string {
  if (peer === '::1') return peer
  return address === undefined || address === '0.0.0.0' ? '127.0.0.1' : address
}

/** As findings of the audit, who of the strangers gets in. */
function claimedBy(findings: readonly Finding[]) {
  const critical = new Set(
    findings.filter(({ severity }) => severity === 'critical').map(({ checkId }) => checkId),
  )
  return {
    elsewhere: critical.has('gateway.bind_no_auth'),
    elsewhereAsProxy: critical.has('gateway.trusted_proxy_auth'),
    here: critical.has('gateway.loopback_no_auth'),
    hereAsProxy: critical.has('gateway.trusted_proxy_allow_loopback'),
  }
}

function nameOf({ from, shows, request }: Stranger): string {
  return `${from} ${shows} ${request.peer} ${request.headers?.join(' | ')}`
}

test.skipIf(MISSING !== null)(
  `the audit says who gets in: ${CONFIGS} configurations`,
  { timeout: 600_000 },
  async () => {
    const world = openWorld()
    const { address, ours } = world.machine
    const tally = { configurations: 0, started: 0, open: 0, requests: 0, let: 0 }
    const configs = fc.sample(anyConfig({ own: ours, other: address }), {
      numRuns: CONFIGS * 8,
      seed: 9,
    })
    const left = configs[Symbol.iterator]()
    const work = async (): Promise<void> => {
      for (const config of left) {
        if (tally.started >= CONFIGS) return
        await judge(config, world, tally)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    if (ALL) console.info(JSON.stringify(tally))
    expect(tally.started).toBeGreaterThanOrEqual(CONFIGS)
    expect(tally.open).toBeGreaterThan(CONFIGS / 10)
  },
)

async function judge(config: object, world: World, tally: Record<string, number>): Promise<void> {
  const scene = await sceneOf({ config })
  const why = JSON.stringify(config)
  try {
    const { facts, audited } = await look(scene.io)
    // No valid configuration.
    if (facts.unread.length > 0) return
    count(tally, 'configurations')
    const started = await start(scene.dir, scene.io.env)
    const refused = facts.rules.problems.length > 0
    if (typeof started === 'string') {
      expect(refused, `${why}: ${started}`).toBe(true)
      return
    }
    count(tally, 'started')
    try {
      expect(refused, why).toBe(false)
      const all = strangers({ ...facts, ...EVERYWHERE }, [world.machine.address])
      const claimed = new Set(waysIn(facts, [world.machine.address]).map(nameOf))
      const met = await Promise.all(all.map((one) => meets(one, started, world)))
      const inside = all.filter((_, at) => met[at])
      expect(inside.map(nameOf), why).toEqual(all.map(nameOf).filter((name) => claimed.has(name)))
      expectFindings(inside, audited.findings, why)
      count(tally, 'requests', all.length)
      count(tally, 'let', inside.length)
      if (inside.length > 0) count(tally, 'open')
    } finally {
      await stopGateway(started, { reason: 'test', restarts: false })
    }
  } finally {
    scene.remove()
  }
}

/** Mode trusted-proxy is reported whoever is in the trusted range; the others are reported if, and only if, somebody got in. */
function expectFindings(
  inside: readonly Stranger[],
  findings: readonly Finding[],
  why: string,
): void {
  const isIn = (from: Stranger['from'], asProxy: boolean) =>
    inside.some((one) => one.from === from && (one.shows === 'forged proxy') === asProxy)
  const claimed = claimedBy(findings)
  expect(claimed.elsewhere, why).toBe(isIn('elsewhere', false))
  expect(claimed.here, why).toBe(isIn('this-host', false))
  expect(claimed.hereAsProxy, why).toBe(isIn('this-host', true))
  if (isIn('elsewhere', true)) expect(claimed.elsewhereAsProxy, why).toBe(true)
}

function count(tally: Record<string, number>, name: string, more = 1): void {
  tally[name] = (tally[name] ?? 0) + more
}
