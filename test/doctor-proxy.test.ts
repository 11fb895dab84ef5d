/** `openclaw doctor proxy` through real nginx: a careless one is found out, a careful one is not (SPEC 14.4). */
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from './documented-proxy.fixture.ts'
import {
  ask,
  bearer,
  runCli,
  startCli,
  startGateway,
  TOKEN,
  type RunningGateway,
  type Setup,
} from './gateway.ts'
import { isInstalled, nginx, startProxy } from './proxy-server.fixture.ts'

const NGINX = isInstalled('nginx')
const test_ = NGINX ? test : test.skip

/** What the guides for nginx say, and what an owner adds who has thought of it. */
const UPGRADE = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;`
// Its workers may not write where the test's folder is.
const APPENDS = `${UPGRADE}
  client_body_buffer_size 2m;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;`
const FORGED =
  `X-Forwarded-Host X-Forwarded-Port Forwarded X-Real-IP X-Client-IP X-Cluster-Client-IP True-Client-IP
  CF-Connecting-IP X-Envoy-External-Address X-Original-Forwarded-For X-Original-URL X-Forwarded-User X-Forwarded-Email
  X-Forwarded-Preferred-Username X-Auth-Request-User X-Auth-Request-Email Remote-User X-Remote-User X-WebAuth-User
  Cf-Access-Authenticated-User-Email Cf-Access-Jwt-Assertion X-Goog-Authenticated-User-Email X-Goog-Iap-Jwt-Assertion
  X-Pomerium-Jwt-Assertion Tailscale-User-Login Tailscale-User-Name`.split(/\s+/)
const STRIPS = FORGED.map((name) => `proxy_set_header ${name} "";`).join('\n')
const CAREFUL = `${UPGRADE}
  client_body_buffer_size 2m;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  ${STRIPS}`

const TOLD: Setup = {
  config: { gateway: { trustedProxies: ['127.0.0.1'], auth: { token: TOKEN } } },
}
const USERS: Setup = {
  config: {
    gateway: {
      trustedProxies: ['127.0.0.1'],
      auth: {
        mode: 'trusted-proxy',
        trustedProxy: {
          userHeader: 'x-forwarded-user',
          requiredHeaders: ['x-proxy-secret'],
          allowLoopback: true,
        },
      },
    },
  },
}

/** nginx takes the test for a machine of the internet, as its own listener cannot. */
const INTERNET = 'set_real_ip_from 127.0.0.0/8; real_ip_header X-Test-Client;'
const FROM = ['--header', 'X-Test-Client: 198.51.100.4']

interface Report {
  readonly findings: readonly {
    readonly checkId: string
    readonly severity: string
    readonly detail: string
  }[]
  readonly good: readonly string[]
  readonly tries: { readonly plain: { readonly arrival: { readonly host: string } | null } }
}

interface SceneOptions {
  readonly setup?: Setup
  readonly location: string
  readonly server?: string
}

async function scene({ setup = TOLD, location, server = INTERNET }: SceneOptions) {
  const gateway = await startGateway(setup)
  onTestFinished(async () => void (await gateway.stop()))
  const upstream = `proxy_pass http://127.0.0.1:${gateway.port};`
  const proxy = await startProxy(nginx(`${upstream}\n${location}`, server))
  onTestFinished(() => proxy.stop())
  return { gateway, port: proxy.port, url: `http://127.0.0.1:${proxy.port}` }
}

async function probe(gateway: RunningGateway, url: string, more: readonly string[] = FROM) {
  const command = startCli(gateway.dir, ['doctor', 'proxy', '--json', '--url', url, ...more])
  const code = await command.exited
  const report = JSON.parse(command.output()) as Report
  const severities = Object.fromEntries(
    report.findings.map(({ checkId, severity }) => [checkId, severity]),
  )
  const detailOf = (id: string) => report.findings.find(({ checkId }) => checkId === id)?.detail
  return { code, report, severities, detailOf, output: command.output() }
}

describe(NGINX ? 'doctor proxy' : 'skipped: needs nginx', () => {
  test_('a careful nginx: nothing forged arrives', async () => {
    const { gateway, url } = await scene({ location: `${CAREFUL}\nclient_max_body_size 2m;` })
    const { code, report, severities } = await probe(gateway, url)
    // It is on loopback, and not encrypted there: for information.
    expect(severities).toEqual({ 'proxy.no_tls': 'info' })
    expect(report.good).toEqual([
      expect.stringContaining('Host arrives as 127.0.0.1'),
      'WebSockets come through',
      'bodies of 1024 KiB come through',
      'the proxy says that it forwards: x-forwarded-for, x-forwarded-proto',
      'callers are attributed to 198.51.100.4',
      'a forged X-Forwarded-For is replaced',
      'other forged forwarding headers are stripped',
      'forged identity and Tailscale headers are stripped',
    ])
    expect(code).toBe(0)
  })

  test_(
    'nginx as guides have it: appended to, which is well; the rest arrives and means nothing',
    async () => {
      const { gateway, url } = await scene({ location: APPENDS })
      const { code, report, severities } = await probe(gateway, url)
      expect(severities).toEqual({
        'proxy.no_tls': 'info',
        'proxy.forwarding_unstripped': 'info',
        'proxy.tailscale_unstripped': 'info',
        'proxy.identity_unstripped': 'info',
      })
      expect(report.good).toContain(
        'a forged X-Forwarded-For is appended to: what the proxy wrote counts',
      )
      expect(code).toBe(0)
    },
  )

  test_('R25 X-Forwarded-For passed on as it came: anybody is whom they like', async () => {
    const { gateway, url } = await scene({
      location: `${UPGRADE}\nproxy_set_header Host $http_host;`,
    })
    const { code, severities } = await probe(gateway, url)
    expect(severities).toMatchObject({
      'proxy.client_forged': 'critical',
      // Its Host is a loopback one as well: the test comes from there.
      'proxy.looks_local': 'critical',
    })
    expect(code).toBe(1)
  })

  test_('S4 an identity header that is not overwritten: anybody is any user', async () => {
    const { gateway, url } = await scene({ setup: USERS, location: APPENDS })
    const { code, severities, detailOf } = await probe(gateway, url)
    expect(severities['proxy.identity_forged']).toBe('critical')
    expect(detailOf('proxy.identity_forged')).toContain('x-forwarded-user')
    expect(severities['proxy.required_forged']).toBe('warning')
    expect(code).toBe(1)
    const told = 'proxy_set_header X-Forwarded-User ""; proxy_set_header X-Proxy-Secret "s";'
    const mended = await scene({ setup: USERS, location: `${APPENDS}\n${told}` })
    const after = await probe(mended.gateway, mended.url)
    expect(after.severities).not.toHaveProperty('proxy.identity_forged')
    expect(after.severities).not.toHaveProperty('proxy.required_forged')
    expect(after.code).toBe(0)
  })

  test_('R34 a proxy that says nothing, to a gateway that was not told of it', async () => {
    const location = 'proxy_set_header Host localhost;'
    const { gateway, url } = await scene({ setup: { config: {} }, location, server: '' })
    const { code, severities, detailOf } = await probe(gateway, url, [])
    expect(severities).toMatchObject({
      'proxy.looks_local': 'critical',
      'proxy.host_rewritten': 'warning',
      'proxy.no_websocket': 'warning',
      'proxy.client_passed': 'warning',
    })
    expect(detailOf('proxy.looks_local')).toContain('127.0.0.1 for localhost')
    expect(code).toBe(1)
  })

  test_('a proxy that the gateway was not told of, and one that takes little', async () => {
    const { gateway, url } = await scene({
      setup: { config: { gateway: { auth: { token: TOKEN } } } },
      location: `${CAREFUL}\nclient_max_body_size 64k; `,
    })
    const { severities, detailOf } = await probe(gateway, url)
    expect(severities).toMatchObject({
      'proxy.untrusted': 'warning',
      'proxy.body_limit': 'warning',
    })
    expect(detailOf('proxy.body_limit')).toMatch(/413|EPIPE|reset|hang up/)
  })

  test_(
    'a login in front is passed with what it wants; without, it is said that nothing arrives',
    async () => {
      const login = 'if ($http_x_pass != "let-me-in") { return 302 https://login.example.com/; }'
      const { gateway, url } = await scene({ location: `${login}\n${CAREFUL}` })
      const closed = await probe(gateway, url)
      expect(closed.detailOf('proxy.unreached')).toContain(
        '302 and leads to https://login.example.com/',
      )
      expect(closed.code).toBe(1)
      const open = await probe(gateway, url, [...FROM, '--header', 'X-Pass: let-me-in'])
      expect(open.severities).not.toHaveProperty('proxy.unreached')
      expect(open.output).not.toContain('let-me-in')
    },
  )

  test_('over TLS, with a certificate of its own authority', async () => {
    const certificates = selfSigned()
    onTestFinished(() => certificates.remove())
    const gateway = await startGateway(TOLD)
    onTestFinished(async () => void (await gateway.stop()))
    const program = nginx(`proxy_pass http://127.0.0.1:${gateway.port};\n${CAREFUL}`)
    const tls = `ssl_certificate ${certificates.folder}/cert.pem; ssl_certificate_key ${certificates.folder}/key.pem;`
    const proxy = await startProxy({
      ...program,
      config: (port, at) =>
        program.config(port, at).replace(`127.0.0.1:${port};`, `127.0.0.1:${port} ssl; ${tls}`),
    })
    onTestFinished(() => proxy.stop())
    const out = runCli(gateway.dir, [
      'doctor',
      'proxy',
      '--json',
      '--url',
      `https://127.0.0.1:${proxy.port}`,
    ])
    expect(JSON.parse(out.stdout)).toMatchObject({
      findings: [{ checkId: 'proxy.unreached', detail: expect.stringMatching(/certificate/) }],
    })
  })

  test_(
    'whoever is not the owner learns nothing: same answer, no such probe, and on the record',
    async () => {
      const { gateway, port } = await scene({ setup: USERS, location: APPENDS })
      const path = '/api/v1/proxy-probes'
      const started = { method: 'POST', path, body: { requests: 2 }, headers: bearer(TOKEN) }
      expect((await ask(port, started)).status).toBe(401)
      const { report } = await probe(gateway, `http://127.0.0.1:${port}`)
      expect(report.tries.plain.arrival).not.toBeNull()
      const guess = await ask(port, {
        path: '/api/v1/proxy-probe/0123456789abcdef0123456789abcdef',
      })
      expect(guess.status).toBe(401)
      expect((await ask(port, { path: `${path}/any` })).status).toBe(401)
      expect(gateway.cli(['logs', '--json']).stdout).toContain('proxy-probe.start')
    },
  )
})

test('without a gateway, without an address, and where nobody answers', async () => {
  const gateway = await startGateway(TOLD)
  onTestFinished(async () => void (await gateway.stop()))
  expect(gateway.cli(['doctor', 'proxy'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--url'),
  })
  expect(gateway.cli(['doctor', 'proxy', '--url', 'ftp://x'])).toMatchObject({ code: 2 })
  const nobody = gateway.cli(['doctor', 'proxy', '--url', 'http://127.0.0.1:1'])
  expect(nobody.code).toBe(1)
  expect(nobody.stdout).toMatch(/does not answer\n.*ECONNREFUSED/)
})
