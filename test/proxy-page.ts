/** Writes docs/behind-a-proxy.md from what the tests run: the configurations in docs/proxies, and the tables that are tried. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { markdownTable } from './markdown-table.ts'
import {
  PLACE_NAMES,
  PLACES,
  PROXIES,
  PROXY_NAMES,
  STEPS,
  TRIES,
  TRY_NAMES,
} from './proxy-matrix-table.fixture.ts'
import { USER_ROWS } from './proxy-users-table.fixture.ts'

const INTRODUCTION = `# Behind a reverse proxy

Made by \`npm run docs\` from what the tests run: each configuration below, as it stands but for names and files, in front of a
real gateway, in each place and by http and https; each line of the tables is what came of it.

Two settings are all that a proxy needs:

- \`gateway.trustedProxies\`: the addresses of your proxies, as the gateway sees them. Without it everybody behind the proxy is one
  client: they share one lock, and the record cannot tell them apart.
- \`gateway.controlUi.allowedOrigins\`: the addresses by which people open the page, such as \`https://claw.example.com\`. Without
  it the page and its WebSocket are refused under every public name.

Whatever is refused names the setting to change, in the answer or to the owner: \`openclaw auth why <requestId>\`. Nobody is taken
for the owner on this host through a proxy, listed or not, and an \`X-Forwarded-For\` that a caller writes is never believed.

\`openclaw doctor proxy --url https://…\` tries yours out, through its public address: [doctor.md](doctor.md#proof-of-the-proxy).
`

const PLACES_INTRODUCTION = `## Where the proxy is
`

const TRIES_INTRODUCTION = `## What comes through, and what does not

Mode \`token\`, and the settings one after the other. The answers are the same for all four proxies in all three places.
\`refused, names …\`: the answer or \`openclaw auth why\` says to change that setting.
`

const HTTPS = `## http and https

All four listen on port 80 as well, and everything works there; leave that part out, or redirect it, where a stranger could read along:
over plain http whoever is on the way reads the token.

A browser gives a page keys for a device identity over https and on localhost alone. The gateway's own page needs none. Another Control UI
that shows no device, as over plain http, is let in by the token; without one it is told that the token is missing.
`

const USERS_INTRODUCTION = `## A proxy that logs users in

In mode \`trusted-proxy\` there is no token: the proxy says who it is. For nginx and its own passwords:
`

const USERS_SETTINGS = `with these settings:

\`\`\`json5
{
  gateway: {
    trustedProxies: ['172.17.0.2'],
    auth: {
      mode: 'trusted-proxy',
      trustedProxy: { userHeader: 'x-forwarded-user' },
    },
    controlUi: { allowedOrigins: ['https://claw.example.com'] },
  },
}
\`\`\`

The user is in over HTTP, and so is the page's WebSocket, with or without a device. Where something is missing, the caller hears
"unauthorized" and no more; the record has the reason, and the setting to change:
`

export function proxyPage(): string {
  return [
    INTRODUCTION,
    PLACES_INTRODUCTION,
    placesTable(),
    ...PROXY_NAMES.flatMap((name) => [`## ${name}\n`, listing(PROXIES[name])]),
    HTTPS,
    TRIES_INTRODUCTION,
    triesTable(),
    USERS_INTRODUCTION,
    listing('nginx-users.conf'),
    USERS_SETTINGS,
    usersTable(),
  ].join('\n')
}

function listing(file: string): string {
  const text = readFileSync(join(import.meta.dirname, '../docs/proxies', file), 'utf8')
  return `\`\`\`${file.startsWith('nginx') ? 'nginx' : 'text'}\n${text.trimEnd()}\n\`\`\`\n`
}

function placesTable(): string {
  const rows = PLACE_NAMES.map((name) => {
    const { title, gateway, trustedProxies } = PLACES[name]
    return [title, gateway, trustedProxies]
  })
  return markdownTable(
    ['the proxy reaches the gateway', 'the gateway', '`gateway.trustedProxies`'],
    rows,
  )
}

function triesTable(): string {
  const rows = TRY_NAMES.map((name) => [TRIES[name].title, ...TRIES[name].outcomes])
  return markdownTable(['', ...STEPS.map(({ title }) => title)], rows)
}

function usersTable(): string {
  const rows = USER_ROWS.map(({ title, refused }) => [
    title,
    refused === null ? 'in, as the user' : `\`${refused.code}\``,
    refused === null ? '' : `\`${refused.names}\``,
  ])
  return markdownTable(['', 'outcome', 'the setting that the record names'], rows)
}
