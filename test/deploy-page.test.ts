/** docs/deploy.md: every command on it is typed, on a machine whose first process is systemd, and where a stand-in has Docker's place. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shellWord } from '../src/core/shell-word.ts'
import { bootMachine, noBoot } from './deploy/booted-machine.fixture.ts'
import { followGuide } from './guides/guide.fixture.ts'
import type { Place, Step } from './guides/steps.ts'
import { isInstalled } from './proxy-server.fixture.ts'

const REPOSITORY = join(import.meta.dirname, '..')
const STAND_IN = join(import.meta.dirname, 'deploy/docker-stand-in.ts')

function opens({ shell }: Place): void {
  const program = `#!/bin/sh\nexec node --no-warnings ${shellWord(STAND_IN)} "$@"\n`
  writeFileSync(join(shell.home, 'bin/docker'), program, { mode: 0o755 })
}

const asOwner = (line: string) => `su - openclaw -c ${shellWord(line)}`

const SYSTEMD: readonly Step[] = [
  { line: 'npm ci && npm run build', why: 'the tests run on what it has built' },
  {
    before: `cd ${shellWord(REPOSITORY)}`,
    line: 'adduser --system --group --home /var/lib/openclaw --shell /bin/bash openclaw',
    says: /openclaw/,
  },
  { line: 'install -d /usr/local/lib/openclaw', says: /^$/ },
  { line: 'cp -r dist package.json LICENSE /usr/local/lib/openclaw/', says: /^$/ },
  { line: 'ln -sf /usr/local/lib/openclaw/dist/index.js /usr/local/bin/openclaw', says: /^$/ },
  { line: 'cp deploy/systemd/openclaw-gateway.service /etc/systemd/system/', says: /^$/ },
  { line: 'systemctl enable --now openclaw-gateway', says: /Created symlink/ },
  {
    line: "su - openclaw -c 'openclaw status'",
    says: /gateway running[^]*state dir +\/var\/lib\/openclaw\/\.openclaw\n/,
    soon: true,
  },
  {
    line: "su - openclaw -c 'openclaw dashboard'",
    says: /^http:\/\/127\.0\.0\.1:18789\/#login=\S+\n/m,
  },
  {
    line: 'journalctl -u openclaw-gateway',
    says: /^((?!#login=)[^])*`openclaw dashboard` prints a link((?!#login=)[^])*$/,
  },
  { line: 'systemctl reload openclaw-gateway', says: /^$/ },
  { line: "su - openclaw -c 'openclaw gateway restart'", says: /the gateway is ready again/ },
  { line: 'systemctl stop openclaw-gateway', says: /^$/ },
  {
    before: 'systemctl show openclaw-gateway | grep -x ExecMainStatus=0',
    line: 'systemctl start openclaw-gateway',
    says: /^$/,
  },
]

/** Its port is another one, since the gateway of before runs on; both find the program under one name. */
const DOCKER: readonly Step[] = [
  {
    before: 'export OPENCLAW_GATEWAY_PORT=18999; rm /usr/local/bin/openclaw',
    line: 'cd deploy/docker',
    says: /^$/,
  },
  { line: 'docker compose build', says: /^$/ },
  {
    line: 'docker compose run --rm openclaw-cli doctor --generate-gateway-token',
    says: /a token was made and written to \/home\/node\/\.openclaw\/openclaw\.json/,
  },
  { line: 'docker compose up -d', says: /^$/ },
  {
    line: 'docker compose exec openclaw-gateway openclaw status',
    says: /process +pid 1,[^]*listens on +0\.0\.0\.0:18789/,
    soon: true,
  },
  {
    line: 'docker compose exec openclaw-gateway openclaw dashboard',
    says: /^http:\/\/127\.0\.0\.1:18789\/#login=\S+\n/m,
  },
  {
    before: 'curl -s http://127.0.0.1:18999/api/v1/whoami',
    line: 'docker compose logs openclaw-gateway',
    says: /^((?!#login=)[^])*\(lan, mode token\)((?!#login=)[^])*auth refused nothing_presented client=172\S+((?!#login=)[^])*$/,
  },
]

/** What is taken away after the copy was made is there again once it is back. */
const COPY: readonly Step[] = [
  {
    // systemd starts it; it answers a moment later.
    before: `until ${asOwner('openclaw health')}; do sleep 0.1; done; ${asOwner('openclaw api-keys create --name before --permissions read')}`,
    line: 'umask 077',
    says: /^$/,
  },
  { line: 'systemctl stop openclaw-gateway', says: /^$/ },
  { line: 'tar -C /var/lib -czf ~/openclaw.tgz openclaw', says: /^$/ },
  { line: 'systemctl start openclaw-gateway', says: /^$/ },
  {
    before: `tar -tzf ~/openclaw.tgz openclaw/.openclaw/store.sqlite && ${asOwner(
      'until openclaw health; do :; done; openclaw api-keys create --name running --permissions read; openclaw agent --message "/remember the copy"',
    )}`,
    line: `su - openclaw -c 'sqlite3 .openclaw/store.sqlite ".backup store.copy"'`,
    says: /^$/,
  },
  {
    // The record is ahead of the store.
    before: 'for i in 1 2 3; do curl -s http://127.0.0.1:18789/api/v1/whoami; done',
    line: "tar -C /var/lib -czf ~/openclaw.tgz --exclude='.openclaw/store.sqlite*' --exclude=gateway.sock --transform=s,openclaw/store.copy,openclaw/.openclaw/store.sqlite, openclaw",
    says: /^$/,
  },
  { line: "su - openclaw -c 'rm store.copy'", says: /^$/ },
  {
    before:
      'docker compose exec openclaw-gateway openclaw api-keys create --name contained --permissions read',
    line: 'docker compose stop',
    says: /^$/,
  },
  {
    line: 'docker compose run --rm -T --entrypoint tar openclaw-cli -C /home/node -cz .openclaw > ~/openclaw.tgz',
    fill: { '~/openclaw.tgz': '~/contained.tgz' },
    says: /^$/,
  },
  { line: 'docker compose start', says: /^$/ },
]

const BACK: readonly Step[] = [
  {
    before: asOwner('openclaw api-keys revoke running'),
    line: 'systemctl stop openclaw-gateway',
    says: /^$/,
  },
  { line: 'mv /var/lib/openclaw /var/lib/openclaw.before', says: /^$/ },
  { line: 'tar -C /var/lib -xpzf ~/openclaw.tgz', says: /^$/ },
  { line: 'chown -R openclaw:openclaw /var/lib/openclaw', says: /^$/ },
  { line: 'systemctl start openclaw-gateway', says: /^$/ },
  {
    before: asOwner(
      'until openclaw health; do :; done; openclaw agent --message /recall | grep copy',
    ),
    line: "su - openclaw -c 'openclaw doctor'",
    says: /0 critical, 0 warnings/,
  },
  { line: "su - openclaw -c 'openclaw logs verify'", says: /the record is intact/ },
  {
    before: 'docker compose exec openclaw-gateway openclaw api-keys revoke contained',
    line: 'docker compose down --volumes',
    says: /^$/,
  },
  {
    line: 'docker compose run --rm -T --entrypoint tar openclaw-cli -C /home/node -xz < ~/openclaw.tgz',
    fill: { '~/openclaw.tgz': '~/contained.tgz' },
    says: /^$/,
  },
  { line: 'docker compose up -d', says: /^$/ },
  {
    before:
      'until docker compose exec openclaw-gateway openclaw health; do :; done; docker compose exec openclaw-gateway openclaw api-keys list | grep "^contained .*active"',
    line: "su - openclaw -c 'OPENCLAW_STATE_DIR=/var/lib/openclaw.before/.openclaw openclaw logs --since 30d --limit 100000' | grep -E 'revoke|remove|reject|promote'",
    says: /allowed api-keys\.revoke by owner:owner/,
  },
  { line: "su - openclaw -c 'openclaw devices list'", says: /\S/ },
  { line: "su - openclaw -c 'openclaw api-keys list'", says: /^running .*active/m },
  { line: "su - openclaw -c 'openclaw pairing list'", says: /\S/ },
]

followGuide({
  page: 'docs/deploy.md',
  steps: [...SYSTEMD, ...DOCKER, ...COPY, ...BACK],
  fill: { '127.0.0.1:18789': '127.0.0.1:18789' },
  machine: bootMachine,
  timeout: 300_000,
  opens: async (place) => opens(place),
  lacks: noBoot() ?? (isInstalled('sqlite3') ? null : 'sqlite3'),
})
