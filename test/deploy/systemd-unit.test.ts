/** deploy/systemd: what the unit promises, asked of systemd itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootMachine, noBoot, type BootedMachine } from './booted-machine.fixture.ts'

const UNIT = '/etc/systemd/system/openclaw-gateway.service'
const INSTALL = `
adduser --quiet --system --group --home /var/lib/openclaw --shell /bin/bash openclaw
install -d /usr/local/lib/openclaw
cp -r dist package.json /usr/local/lib/openclaw/
ln -sf /usr/local/lib/openclaw/dist/index.js /usr/local/bin/openclaw
cp deploy/systemd/openclaw-gateway.service ${UNIT}
# A second instead of ten.
install -d ${UNIT}.d
printf '[Service]\\nRestartSec=1\\n' > ${UNIT}.d/soon.conf
systemctl daemon-reload
`
const READY = "until su - openclaw -c 'openclaw health' > /dev/null 2>&1; do :; done"
const PID = 'systemctl show --value --property MainPID openclaw-gateway'

const lacks = noBoot()

describe.skipIf(lacks !== null)(
  lacks === null ? 'the unit' : `skipped: needs ${lacks}`,
  { timeout: 90_000 },
  () => {
    const at = { shared: '', machine: {} as BootedMachine }
    const types = (line: string) => at.machine.type(line)

    beforeAll(async () => {
      at.shared = mkdtempSync(join(tmpdir(), 'openclaw-shared-'))
      at.machine = await bootMachine(at.shared)
      expect(types(INSTALL)).toMatchObject({ code: 0 })
      expect(types(`systemctl start openclaw-gateway && ${READY}`)).toMatchObject({ code: 0 })
    }, 60_000)
    afterAll(async () => {
      await at.machine.off()
      rmSync(at.shared, { recursive: true })
    })

    test('systemd finds nothing wrong with it', () => {
      expect(types(`systemd-analyze verify ${UNIT}`)).toEqual({ code: 0, output: '' })
    })

    test('systemd calls it well protected', () => {
      const security = `systemd-analyze security --offline=true --threshold=20 ${UNIT}`
      const { code, output } = types(security)
      expect({ code, output }).toMatchObject({
        code: 0,
        output: expect.stringMatching(/: \d\.\d OK/),
      })
    })

    test('it begins with the machine', () => {
      types('systemctl enable openclaw-gateway')
      const wanted = types('systemctl list-dependencies --plain multi-user.target')
      expect(wanted.output).toContain('openclaw-gateway.service')
    })

    test('the state is of its user alone, and nothing else can be written', () => {
      const owned = types("stat -c '%U %a' /var/lib/openclaw /var/lib/openclaw/.openclaw")
      expect(owned.output).toBe('openclaw 700\nopenclaw 700\n')
      const within = `nsenter -t $(${PID}) -m --`
      const tried = types(`${within} touch /etc/x /usr/x /home/x /var/lib/x /root/x`)
      expect(tried.code).not.toBe(0)
      expect(tried.output.match(/Read-only file system|Permission denied/g)).toHaveLength(5)
      expect(types(`${within} touch /var/lib/openclaw/x /tmp/x`)).toEqual({ code: 0, output: '' })
    })

    test('it has no capability, can gain none, and may open many files', () => {
      const { output } = types(`grep -E '^(Cap(Prm|Bnd)|NoNewPrivs)' /proc/$(${PID})/status`)
      expect(output).toMatch(/^CapPrm:\t0+\nCapBnd:\t0+\nNoNewPrivs:\t1\n$/)
      const limit = types(`grep 'Max open files' /proc/$(${PID})/limits`)
      // 65536, or as many as this machine gives.
      expect(Number(/^Max open files +(\d+)/.exec(limit.output)?.[1])).toBeGreaterThan(4096)
    })

    test('the owner is known by the user, over TCP as well, and another user is not', () => {
      const ask = 'curl -s http://127.0.0.1:18789/api/v1/whoami'
      expect(types(`su - openclaw -c '${ask}'`).output).toContain('"kind":"owner"')
      expect(types(ask).output).toContain('"code":"unauthorized"')
    })

    test('a killed gateway comes back', { timeout: 60_000 }, () => {
      const killed = types(
        `old=$(${PID}); kill -9 $old; until new=$(${PID}); [ $new != 0 ] && [ $new != $old ]; do :; done; ${READY}`,
      )
      expect(killed).toMatchObject({ code: 0 })
    })

    test('a stop ends with code 0 and stays one, whoever asked for it', () => {
      const ended = 'systemctl show --property Result,ExecMainStatus,ActiveState openclaw-gateway'
      const states = 'Result=success\nExecMainStatus=0\nActiveState=inactive\n'
      const settled = 'until ! systemctl -q is-active openclaw-gateway; do :; done'
      const byCommand = types(
        `su - openclaw -c 'openclaw gateway stop' > /dev/null; ${settled}; ${ended}`,
      )
      expect(sorted(byCommand.output)).toBe(sorted(states))
      const bySystemd = types(
        `systemctl start openclaw-gateway; ${READY}; systemctl stop openclaw-gateway; ${ended}`,
      )
      expect(sorted(bySystemd.output)).toBe(sorted(states))
    })

    test('one that cannot start says why in the journal, and is tried again', () => {
      const { output } = types(`
      su - openclaw -c 'echo "{ gateway: { prot: 1 } }" > .openclaw/openclaw.json'
      systemctl start openclaw-gateway
      until [ $(systemctl show --value --property NRestarts openclaw-gateway) -ge 1 ]; do :; done
      journalctl -u openclaw-gateway | grep -A1 prot
      systemctl stop openclaw-gateway`)
      expect(output).toMatch(/openclaw\.json:1: gateway\.prot: there is no such key.*\n.*status=1/)
    })
  },
)

function sorted(lines: string): string {
  return lines.split('\n').toSorted().join('\n')
}
