/** docs/metrics.md: every command on it is typed in its order. What to watch, and the dashboard: grafana-dashboard.test.ts. */
import { PROMTOOL } from './metrics-text.fixture.ts'
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Step } from './guides/steps.ts'

const SCRAPE = { block: 'yaml', begins: 'scrape_configs:' }

const STEPS: readonly Step[] = [
  {
    line: 'openclaw config set security.apiKeys.enabled true',
    says: /security\.apiKeys\.enabled set/,
  },
  {
    line: 'openclaw api-keys create --name prometheus --permissions read    # shown once',
    says: /^sk-[\w-]{40,}\nThis is the key prometheus/,
  },
  PROMTOOL
    ? {
        ...SCRAPE,
        before: 'openclaw api-keys rotate prometheus > openclaw.key',
        file: 'prometheus.yml',
        home: 'here',
        fill: {
          '/etc/prometheus/openclaw.key': ({ shell }) => `${shell.home}/openclaw.key`,
          'gateway.example:18789': ({ port }) => `127.0.0.1:${port}`,
        },
        gives: {
          'promtool check config prometheus.yml': /SUCCESS/,
          'curl -sfH "Authorization: Bearer $(cat openclaw.key)" http://127.0.0.1:$OPENCLAW_GATEWAY_PORT/metrics':
            /^openclaw_config_last_reload_successful 1$/m,
        },
      }
    : { ...SCRAPE, why: 'needs promtool, which reads it as Prometheus does' },
  {
    line: 'curl -H "Authorization: Bearer $(openclaw config get gateway.auth.token --reveal)" http://127.0.0.1:18789/metrics',
    says: /^openclaw_decisions_total\{/m,
  },
  {
    line: 'openclaw config set telemetry.otlp.endpoint http://127.0.0.1:4318',
    says: /telemetry\.otlp\.endpoint set/,
  },
]

followGuide({ page: 'docs/metrics.md', steps: STEPS, opens: (place) => gatewayBeside(place) })
