/** deploy/docker: what the compose file and the Dockerfile say, done to the real gateway. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shellWord } from '../../src/core/shell-word.ts'
import { bootMachine, noBoot, type BootedMachine } from './booted-machine.fixture.ts'
import { readCompose } from './compose.ts'
import { readImage } from './dockerfile.ts'

const STAND_IN = join(import.meta.dirname, 'docker-stand-in.ts')
const TOKEN = 'c0ffee11'.repeat(8)
const HEALTHY =
  'until docker compose exec openclaw-gateway openclaw health > /dev/null 2>&1; do :; done'
const INSIDE = 'docker compose exec openclaw-gateway'

const lacks = noBoot()

describe.skipIf(lacks !== null)(
  lacks === null ? 'a container' : `skipped: needs ${lacks}`,
  { timeout: 90_000 },
  () => {
    const at = { shared: '', machine: {} as BootedMachine }
    /** `env`: of the shell, as `.env` beside the compose file would be. */
    const types = (line: string, env = '') =>
      at.machine.type(
        `docker() { node --no-warnings ${shellWord(STAND_IN)} "$@"; }; ${env} ${line}`,
      )
    const withToken = `export OPENCLAW_GATEWAY_TOKEN=${TOKEN};`

    beforeAll(async () => {
      at.shared = mkdtempSync(join(tmpdir(), 'openclaw-shared-'))
      at.machine = await bootMachine(at.shared)
      expect(types('docker compose build')).toEqual({ code: 0, output: '' })
      expect(types(`docker compose up -d; ${HEALTHY}`, withToken)).toMatchObject({ code: 0 })
    }, 60_000)
    afterAll(async () => {
      await at.machine.off()
      rmSync(at.shared, { recursive: true })
    })

    test('without a token it does not start, and says how to get one', () => {
      const folder = 'export OPENCLAW_CONFIG_DIR=/srv/empty; install -d -o 1000 -m 700 /srv/empty;'
      const { code, output } = types('docker compose run --rm openclaw-cli gateway', folder)
      const says = expect.stringContaining('no token is configured')
      expect({ code, output }).toEqual({ code: 1, output: says })
    })

    test('it answers on this host by its published port, and knows nobody there', () => {
      expect(types('curl -s http://127.0.0.1:18789/health').output).toContain('"ok":true')
      const ask = 'curl -s http://127.0.0.1:18789/api/v1/whoami'
      expect(types(ask).output).toContain('"code":"unauthorized"')
      const known = types(`${ask} -H 'Authorization: Bearer ${TOKEN}'`)
      expect(known.output).toMatch(/"kind":"shared".*"clientAddress":"172\./)
    })

    test('it is process 1, of a user of its own, without a capability and without a way to gain one', () => {
      const { output } = types(
        `${INSIDE} grep -E '^(Pid|Uid|Cap(Prm|Bnd)|NoNewPrivs)' /proc/1/status`,
      )
      expect(output).toMatch(
        /^Pid:\t1\nUid:\t1000\t.*\nCapPrm:\t0+\nCapBnd:\t0+\nNoNewPrivs:\t1\n$/,
      )
    })

    test('it may write its volumes, /tmp and /run, and nothing else', () => {
      const touch = (paths: string) => types(`${INSIDE} touch ${paths}`)
      expect(touch('/tmp/x /run/x /home/node/.openclaw/workspace/x').code).toBe(0)
      const denied = touch('/x /app/x /home/node/x /etc/x').output
      expect(denied.match(/Read-only file system/g)).toHaveLength(4)
    })

    test('its own check says that it is well', () => {
      const check = readImage().healthcheck.join(' ')
      expect(types(`${INSIDE} ${check}`)).toEqual({ code: 0, output: 'ok\n' })
    })

    test('the log has no link that lets anybody in, and the refusals', () => {
      const { output } = types('docker compose logs openclaw-gateway | grep -i auth')
      expect(output).toMatch(/^auth refused nothing_presented client=172\./m)
      expect(types('docker compose logs').output).not.toContain('#login=')
    })

    test('a token of the environment wins, and is not changed behind its back', () => {
      const explained = types(`${INSIDE} openclaw config explain gateway.auth.token`, withToken)
      expect(explained.output).toMatch(/won .*OPENCLAW_GATEWAY_TOKEN/)
      const rotated = types(`${INSIDE} openclaw token rotate`, withToken)
      expect(rotated.code).not.toBe(0)
      expect(rotated.output).toContain('OPENCLAW_GATEWAY_TOKEN')
    })

    test('after a stop by its own command Docker starts it again; a stop by Docker ends it with code 0', () => {
      const asked = types(
        `${INSIDE} openclaw gateway stop; ${HEALTHY}; docker compose logs`,
        withToken,
      )
      expect(asked.output).toMatch(/the container ended with code 0\n[^]*gateway started/)
      const { output } = types('docker compose stop; docker compose logs')
      expect(output).toMatch(/the container ended with code 0\n$/)
      const alone = types('docker compose run --rm openclaw-cli health')
      expect(alone).toEqual({ code: 1, output: expect.stringContaining('not running') })
    })

    test('a folder of the host that is not its own is named, with what to do', () => {
      const folder =
        'export OPENCLAW_CONFIG_DIR=/opt/openclaw/config; mkdir -p $OPENCLAW_CONFIG_DIR;'
      const start = 'docker compose run --rm openclaw-cli gateway'
      const foreign = types(start, `${withToken} ${folder}`)
      expect(foreign).toEqual({
        code: 1,
        output: expect.stringMatching(
          /belongs to uid 0, and the gateway runs as uid 1000.*chown -R 1000/,
        ),
      })
      const closed = types(
        start,
        `${withToken} ${folder} chown 1000 /opt/openclaw/config; chmod 500 /opt/openclaw/config;`,
      )
      expect(closed).toEqual({
        code: 1,
        output: expect.stringMatching(/the state dir \S+ cannot be written: permission denied/),
      })
    })

    test('a folder of the host that is its own holds the state', () => {
      const folder =
        'export OPENCLAW_CONFIG_DIR=/srv/config; install -d -o 1000 -m 700 /srv/config;'
      const made = types(
        'docker compose run --rm openclaw-cli doctor --generate-gateway-token; ls /srv/config',
        folder,
      )
      expect(made.output).toContain('openclaw.json\n')
    })
  },
)

describe('the compose file', () => {
  test('opens the port to this host alone, whichever it is', () => {
    expect(readCompose({}).services['openclaw-gateway']?.ports).toEqual(['127.0.0.1:18789:18789'])
    const other = readCompose({ OPENCLAW_GATEWAY_PORT: '8080' }).services['openclaw-gateway']
    expect(other?.ports).toEqual(['127.0.0.1:8080:18789'])
  })

  test('hands over no variable that means something else inside', () => {
    for (const { environment } of Object.values(readCompose({}).services))
      expect(environment).toEqual({
        HOME: '/home/node',
        OPENCLAW_GATEWAY_BIND: 'lan',
        OPENCLAW_GATEWAY_TOKEN: '',
      })
  })

  test('protects both services alike', () => {
    for (const service of Object.values(readCompose({}).services))
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/tmp', '/run'],
      })
  })

  test('names the image and the folders as the variables say', () => {
    const { services } = readCompose({
      OPENCLAW_IMAGE: 'example.com/claw:1',
      OPENCLAW_CONFIG_DIR: '/opt/openclaw/config',
      OPENCLAW_WORKSPACE_DIR: '/opt/openclaw/workspace',
    })
    expect(services['openclaw-gateway']).toMatchObject({
      image: 'example.com/claw:1',
      volumes: [
        '/opt/openclaw/config:/home/node/.openclaw',
        '/opt/openclaw/workspace:/home/node/.openclaw/workspace',
      ],
    })
  })
})
