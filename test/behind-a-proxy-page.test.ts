/** docs/behind-a-proxy.md: the settings it shows load. Its proxies are run by proxy-matrix.test.ts, proxy-users.test.ts and proxy-others.test.ts. */
import { followGuide } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const why = 'each is run in front of a gateway by proxy-matrix.test.ts and proxy-users.test.ts'

const STEPS: readonly Step[] = [
  { block: 'nginx', begins: '# /etc/nginx/conf.d/claw.conf', why },
  { block: 'text', begins: '# /etc/caddy/Caddyfile', why },
  { block: 'text', begins: '# /etc/haproxy/haproxy.cfg', why },
  { block: 'text', begins: '# /etc/apache2/sites-available/claw.conf', why },
  { block: 'nginx', begins: '    # Also in `location /`', why },
  {
    block: 'json5',
    begins: `{\n  gateway: {\n    trustedProxies: ['172.17.0.2'],`,
    file: '.openclaw/openclaw.json',
    home: 'alone',
    gives: {
      'openclaw config validate': /is valid/,
      'openclaw config get gateway.auth.mode': /^trusted-proxy\n$/,
    },
  },
]

followGuide({ page: 'docs/behind-a-proxy.md', steps: STEPS })
