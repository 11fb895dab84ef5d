/** Writes docs/identity-and-pairing.md from the table that the tests run. */
import {
  CLIENT_NAMES,
  CLIENTS,
  IDENTITY_CASES,
  SHOWN,
  WORDS,
  type Cell,
  type IdentityCase,
  type ShownName,
} from './identity-table.fixture.ts'
import { markdownTable } from './markdown-table.ts'

const INTRODUCTION = `# Identity and pairing

Made by \`npm run docs\` from what the tests run: each cell is a WebSocket that was opened to a real gateway, with what the line says,
and what came of it.

Tailscale, or a proxy that logs users in, names a *user*. A client may show a *device* besides: a key of its own, which somebody has
approved. Which of the two it is let in as, and whether it is asked to pair first, is what the tables say:

- A Control UI needs no pairing where its user is named, with or without a device, and with or without the secret.
- Any other client that shows a device is that device, and is asked to pair while nobody has approved it. Without a device it is the user.
- A node is always a device.
- A device's token counts only beside its key. Whoever came by an identity is handed none: it would outlive what the identity says.
- "Control UI" is what the client calls itself. It grants nothing: the same user without a device is let in as well.

\`(token)\`: it is handed a token to come back with, or keeps the one it showed. A word such as \`device_required\` is a refusal: the
reason as \`openclaw auth why\` has it, which names the setting or the next step; the caller hears only a category, or what is missing.
Settings are those of \`gateway.auth\` unless they say otherwise; devices are new where they do not show a token.
`

export function identityPage(): string {
  return [INTRODUCTION, ...IDENTITY_CASES.map(section)].join('\n')
}

function section({ title, settings, rows }: IdentityCase): string {
  const shown = (Object.keys(SHOWN) as ShownName[]).flatMap((name) => {
    const cells = rows[name]
    return cells === undefined ? [] : [[SHOWN[name], ...cells.map(inWords)]]
  })
  const heads = ['', ...CLIENT_NAMES.map((name) => CLIENTS[name].title)]
  const list = settings.map((setting) => `- ${setting.title}`)
  return [`## ${title}`, '', ...list, '', markdownTable(heads, shown)].join('\n')
}

function inWords(cell: Cell): string {
  return isWord(cell) ? WORDS[cell] : `\`${cell}\``
}

function isWord(cell: Cell): cell is keyof typeof WORDS {
  return cell in WORDS
}
