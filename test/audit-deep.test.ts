/** `security audit --deep`: silent about a sound gateway, and about one that is careless in one way it says just that. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { everyOperation } from '../scripts/every-operation.ts'
import { auditState } from '../src/app/command-audit.ts'
import { PROBES } from '../src/audit/probes/index.ts'
import { SAMPLE } from '../src/audit/probes/open-read.ts'
import { MOST_REQUESTS } from '../src/audit/probes/types.ts'
import type { Finding } from '../src/audit/types.ts'
import { FAULTS, SECRET, type Fault } from './audit/careless-gateway.fixture.ts'
import { sceneOf } from './audit/scene.fixture.ts'
import { bearer, startGateway, TOKEN, type Answer, type RunningGateway } from './gateway.ts'

/** What is found of each, by the probe's id, its severity and what the detail says. */
const FOUND: Readonly<Record<Fault, readonly (readonly [string, Finding['severity'], RegExp])[]>> =
  {
    none: [],
    'open metrics': [['deep.open_read', 'critical', /: GET \/metrics with [^;]*$/]],
    'open port for nodes': [['deep.open_read', 'critical', /status on the port for nodes/]],
    'any host': [
      ['deep.foreign_host', 'critical', /GET \/api\/v1\/whoami with Host: openclaw-audit.invalid/],
    ],
    'any host on a WebSocket': [
      [
        'deep.foreign_host',
        'critical',
        /: WebSocket \/ with Host: [^,;]+; WebSocket \/ with Host: .*, Origin: /,
      ],
    ],
    'any origin': [['deep.foreign_origin', 'critical', /Origin: https:\/\/stranger.invalid/]],
    'any origin on a WebSocket': [['deep.foreign_origin', 'critical', /: WebSocket \/ with/]],
    CORS: [['deep.foreign_origin', 'critical', /to read the answer.*OPTIONS/]],
    'believes X-Forwarded-For': [
      ['deep.forged_headers', 'critical', /X-Forwarded-For: 127.0.0.1$/],
    ],
    'believes Forwarded': [['deep.forged_headers', 'critical', /Forwarded: for=127.0.0.1/]],
    'believes X-Real-IP': [['deep.forged_headers', 'critical', /X-Real-IP: 127.0.0.1$/]],
    'believes X-Forwarded-User': [['deep.forged_headers', 'critical', /X-Forwarded-User: owner/]],
    'believes Tailscale': [['deep.forged_headers', 'critical', /Tailscale-User-Login/]],
    'takes a secret in the query': [['deep.secret_in_query', 'warning', /\?token=.*\(401\)/]],
    'takes a secret in the query of a WebSocket': [
      ['deep.secret_in_query', 'warning', /: WebSocket .*\(401\)/],
    ],
    'overrides the method by a header': [['deep.method_override', 'critical', /-Override: GET/]],
    'overrides the method by the query': [['deep.method_override', 'critical', /_method=GET/]],
    'answers TRACE': [['deep.method_override', 'critical', /: TRACE \//]],
    'takes any token': [['deep.guessing', 'critical', /made-up token/]],
    'locks nobody': [['deep.guessing', 'critical', /3 wrong credentials from 127.0.113.7/]],
    'no nosniff': [['deep.response_headers', 'warning', /x-content-type-options/]],
    'no policy': [['deep.response_headers', 'warning', /content-security-policy/]],
    'says who it is': [['deep.response_headers', 'warning', /a server header/]],
    'secret in the page': [['deep.page_secrets', 'critical', /reads it in \/$/]],
    'secret in a script': [['deep.page_secrets', 'critical', /reads it in \/app.js$/]],
    'socket for all': [['deep.owner_socket', 'critical', /has mode 602/]],
    'one port more': [['deep.ports', 'critical', /listens on 0.0.0.0:\d+/]],
    'one local port more': [['deep.ports', 'warning', /listens on 127.0.0.1:\d+/]],
    'no port for nodes': [['deep.ports', 'warning', /does not listen on 127.0.0.1:any port/]],
    'old version': [['deep.version', 'warning', /"0.0.1"/]],
    'old configuration': [['deep.config_not_in_force', 'warning', /ends too early/]],
    'waits for a restart': [['deep.config_not_in_force', 'warning', /^gateway.bind changed/]],
    'record not writable': [['deep.record', 'warning', /cannot be written/]],
    'silent port': [['deep.no_answer', 'warning', /Nobody answers on port/]],
    'silent owner socket': [['deep.no_answer', 'warning', /owner’s socket/]],
    'takes connections and says nothing': [
      ['deep.no_answer', 'warning', /Nobody answers on port/],
      ['deep.no_answer', 'warning', /owner’s socket/],
    ],
  }

const CONFIG = {
  gateway: {
    bridgePort: 0,
    customBindHost: '127.0.0.1',
    bind: 'custom',
    auth: { mode: 'token', token: SECRET, rateLimit: { maxAttempts: 3 } },
  },
}

async function standIn(fault: Fault) {
  const scene = await sceneOf({ config: CONFIG })
  const script = join(import.meta.dirname, 'audit/careless-gateway.fixture.ts')
  const stdio = ['pipe', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, [script, scene.dir, fault], { stdio: [...stdio] })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.stdin?.end()
    await ended
    scene.remove()
  })
  if (child.stdout === null) throw new Error('it has no output')
  await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('the stand-in ended'))),
  ])
  return scene
}

async function deepIn(env: Readonly<Record<string, string>>) {
  const io = { stdout: () => {}, stderr: () => {}, env, isTty: false, columns: null }
  const end = await auditState({ deep: true, fix: false }, io)
  const findings = end.findings.filter(({ checkId }) => checkId.startsWith('deep.'))
  return { findings, suppressed: end.suppressed, deep: end.deep }
}

/** As its owner sees it from a command line. */
function envOf({ dir }: Pick<RunningGateway, 'dir'>) {
  return { HOME: dir, OPENCLAW_STATE_DIR: dir, PATH: '/nowhere' }
}

async function running(config: object): Promise<RunningGateway> {
  const gateway = await startGateway({ config })
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}

test('every probe has a careless gateway, and what it asks for are routes of ours', () => {
  const reported = new Set(Object.values(FOUND).flatMap((found) => found.map(([id]) => id)))
  expect([...reported].toSorted()).toEqual(PROBES.map(({ id }) => id).toSorted())
  const routes = everyOperation().flatMap(({ http }) => (http?.method === 'GET' ? [http.path] : []))
  expect(SAMPLE.filter((path) => !routes.includes(path))).toEqual([])
  expect(new Set(SAMPLE).size).toBe(10)
})

test.each(FAULTS)('careless in one way: %s', async (fault) => {
  const scene = await standIn(fault)
  const { findings } = await deepIn(scene.io.env)
  expect(findings.map(({ checkId, severity }) => [checkId, severity])).toEqual(
    FOUND[fault].map(([id, severity]) => [id, severity]),
  )
  for (const [at, [, , says]] of FOUND[fault].entries()) expect(findings[at]?.detail).toMatch(says)
  expect(JSON.stringify(findings)).not.toContain(SECRET)
})

const SOUND: readonly (readonly [string, object])[] = [
  ['with nothing but a token', { gateway: { auth: { token: TOKEN } } }],
  [
    'open to the network, behind a proxy on this host, with a port for nodes',
    {
      gateway: {
        bind: 'lan',
        bridgePort: 0,
        trustedProxies: ['127.0.0.1'],
        auth: { token: TOKEN, rateLimit: { maxAttempts: 3 } },
      },
    },
  ],
  ['that asks nothing on this host', { gateway: { auth: { mode: 'none' } } }],
  [
    'whose configuration believes a proxy on this host',
    {
      gateway: {
        trustedProxies: ['127.0.0.1'],
        auth: {
          mode: 'trusted-proxy',
          trustedProxy: { userHeader: 'x-forwarded-user', allowLoopback: true },
        },
      },
    },
  ],
]

test.each(SOUND)('nothing is found of a sound gateway %s', async (_name, config) => {
  const gateway = await running(config)
  const { findings, deep } = await deepIn(envOf(gateway))
  expect(findings).toEqual([])
  expect(deep?.requests).toBeGreaterThan(PROBES.length)
  expect(deep?.requests).toBeLessThanOrEqual(MOST_REQUESTS)
})

/** Of the record's entries those with something wrong in them, or from where wrong ones come. */
function guessesIn({ json }: Pick<Answer, 'json'>) {
  const shape = z.object({ client: z.string(), host: z.string(), failures: z.array(z.unknown()) })
  const entries = z
    .object({ entries: z.array(z.object({ entry: z.unknown() })) })
    .parse(json).entries
  return entries.flatMap(({ entry }) => {
    const { data } = shape.safeParse(entry)
    const guess = data?.client === '127.0.113.7' || (data?.failures.length ?? 0) > 0
    return data !== undefined && guess ? [{ client: data.client, host: data.host }] : []
  })
}

test('at most three wrong credentials are shown, by a name of their own, and lock nobody’s address', async () => {
  const auth = { token: TOKEN, rateLimit: { maxAttempts: 3, exemptLoopback: false } }
  const gateway = await running({ gateway: { auth } })
  const { deep } = await deepIn(envOf(gateway))
  expect(deep?.notTried).toEqual([])
  const owner = { headers: bearer(TOKEN) }
  const wrong = () => gateway.ask({ ...owner, path: '/api/v1/record?limit=500' }).then(guessesIn)
  await expect.poll(wrong, { timeout: 5000 }).toHaveLength(3)
  expect(await wrong()).toEqual(
    Array.from({ length: 3 }, () => ({ client: '127.0.113.7', host: 'openclaw-audit.invalid' })),
  )
  const lockouts = await gateway.ask({ ...owner, path: '/api/v1/lockouts' })
  expect(lockouts.json).toMatchObject({ lockouts: [{ address: '127.0.113.7' }] })
})

test('says what was not tried', async () => {
  const gateway = await running({ gateway: { auth: { token: TOKEN } } })
  const { deep } = await deepIn(envOf(gateway))
  expect(deep?.notTried).toEqual([expect.stringMatching(/^the limiter .*maxAttempts is 10/)])
})

test('a record that was changed is found beside the gateway that writes it', async () => {
  const scene = await standIn('none')
  mkdirSync(join(scene.dir, 'records'), { mode: 0o700 })
  writeFileSync(join(scene.dir, 'records/000000000001.jsonl'), 'not a line of ours\n')
  const { findings } = await deepIn(scene.io.env)
  expect(findings.map(({ checkId, severity }) => [checkId, severity])).toEqual([
    ['deep.record', 'critical'],
  ])
})

test('the socket of a running gateway that others were let to is found', async () => {
  const gateway = await running({ gateway: { auth: { token: TOKEN } } })
  chmodSync(join(gateway.dir, 'gateway.sock'), 0o660)
  const { findings } = await deepIn(envOf(gateway))
  expect(findings.map(({ checkId }) => checkId)).toEqual(['deep.owner_socket'])
})

test('a file that the running gateway did not take over is found', async () => {
  const gateway = await running({ gateway: { auth: { token: TOKEN } } })
  writeFileSync(join(gateway.dir, 'openclaw.json'), '{ "gateway": { "bind": "everywhere" } }')
  await expect.poll(gateway.output, { timeout: 5000 }).toMatch(/is not applied, the old one stays/)
  const { findings } = await deepIn(envOf(gateway))
  expect(findings).toMatchObject([{ checkId: 'deep.config_not_in_force', severity: 'warning' }])
})

test('what is accepted does not count', async () => {
  const reason = 'nobody else is on this machine'
  const accepted = [{ check: 'deep.owner_socket', reason }]
  const gateway = await running({
    gateway: { auth: { token: TOKEN } },
    security: { audit: { accepted } },
  })
  chmodSync(join(gateway.dir, 'gateway.sock'), 0o666)
  const { findings, suppressed } = await deepIn(envOf(gateway))
  expect(findings).toEqual([])
  expect(suppressed).toMatchObject([{ finding: { checkId: 'deep.owner_socket' }, reason }])
})

test('where none runs, that is said, for information', async () => {
  const scene = await sceneOf({})
  onTestFinished(() => scene.remove())
  const { findings } = await deepIn(scene.io.env)
  expect(findings).toMatchObject([{ checkId: 'deep.not_running', severity: 'info' }])
})

test('the command exits with 1 while something critical is found, and says what it tried', async () => {
  const gateway = await running({ gateway: { auth: { token: TOKEN } } })
  const sound = gateway.cli(['security', 'audit', '--deep'])
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tried .*\d+ requests/m) })
  chmodSync(join(gateway.dir, 'gateway.sock'), 0o666)
  const careless = gateway.cli(['security', 'audit', '--deep', '--json'])
  expect(careless.code).toBe(1)
  expect(careless.stdout).toContain('deep.owner_socket')
})
