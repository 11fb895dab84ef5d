/** docs/doctor.md: every command on it is typed in its order, the last one through nginx as docs/proxies has it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configured, followGuide } from './guides/guide.fixture.ts'
import type { Place, Step } from './guides/steps.ts'
import { isInstalled, nginx, startProxy } from './proxy-server.fixture.ts'

const DOCUMENTED = readFileSync(join(import.meta.dirname, '../docs/proxies/nginx.conf'), 'utf8')
const [, LOCATION = ''] = /location \/ \{\n([^}]*)\}/.exec(DOCUMENTED) ?? []
/** nginx takes the test for a machine of the internet, as its own listener cannot; its workers may not write where the test's folder is. */
const SERVER =
  'set_real_ip_from 127.0.0.0/8; real_ip_header X-Test-Client; client_body_buffer_size 2m;'
const proxy = { url: '' }

async function opens(place: Place): Promise<void> {
  configured(place, { gateway: { trustedProxies: ['127.0.0.1'] } })
  const server = await startProxy(nginx(LOCATION.replaceAll('18789', place.port), SERVER))
  place.afterwards(() => server.stop())
  proxy.url = `http://127.0.0.1:${server.port}`
}

const STEPS: readonly Step[] = [
  { line: 'openclaw doctor', says: /gateway\.not_running\n[^]*0 critical, 0 warnings/ },
  {
    before: 'chmod 755 ~/.openclaw',
    line: 'openclaw doctor --fix',
    says: /^mended  chmod 700 \S+\.openclaw\n/,
  },
  {
    line: 'openclaw doctor --generate-gateway-token',
    says: /a token was made and written to \S+openclaw\.json/,
  },
  {
    before: (place) => place.begin('openclaw gateway', /listens on http:/),
    line: 'openclaw doctor proxy --url https://claw.example.com',
    fill: {
      'https://claw.example.com': () => `${proxy.url} --header 'X-Test-Client: 198.51.100.4'`,
    },
    says: /callers are attributed to 198\.51\.100\.4\n[^]*is appended to: what the proxy wrote counts/,
  },
]

followGuide({
  page: 'docs/doctor.md',
  steps: STEPS,
  opens,
  lacks: isInstalled('nginx') ? null : 'nginx',
})
