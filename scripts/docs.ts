/** Writes the pages in docs that are made from the code and the tests; `--check` fails where one is out of date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { reasonsReference } from '../src/access/reference-page.ts'
import { auditReference } from '../src/audit/reference-page.ts'
import { COMMANDS } from '../src/cli/index.ts'
import { commandReference } from '../src/cli/reference.ts'
import { configReference } from '../src/config/reference-page.ts'
import { doctorReference } from '../src/doctor/reference-page.ts'
import { operationsReference } from '../src/operations/reference-page.ts'
import { metricsReference } from '../src/telemetry/reference-page.ts'
import { identityPage } from '../test/identity-page.ts'
import { printedPage } from '../test/printed/page.ts'
import { proxyPage } from '../test/proxy-page.ts'
import { everyOperation } from './every-operation.ts'

interface Page {
  readonly file: string
  readonly render: () => string | Promise<string>
}

/** To add a page: write the function beside what it describes, add its line. */
const PAGES: readonly Page[] = [
  { file: 'docs/reference/config.md', render: configReference },
  { file: 'docs/reference/operations.md', render: () => operationsReference(everyOperation()) },
  { file: 'docs/reference/reasons.md', render: reasonsReference },
  { file: 'docs/reference/audit.md', render: auditReference },
  { file: 'docs/reference/metrics.md', render: metricsReference },
  { file: 'docs/reference/doctor.md', render: doctorReference },
  { file: 'docs/cli.md', render: () => commandReference(COMMANDS) },
  { file: 'docs/behind-a-proxy.md', render: proxyPage },
  { file: 'docs/identity-and-pairing.md', render: identityPage },
  { file: 'docs/printed-commands.md', render: printedPage },
]

const root = join(import.meta.dirname, '..')
const pages = await Promise.all(
  PAGES.map(async ({ file, render }) => ({ file, text: await render() })),
)
const stale = pages.filter(({ file, text }) => current(join(root, file)) !== text)

if (process.argv.includes('--check')) {
  for (const { file } of stale) console.error(`${file} is out of date: run npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const { file, text } of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
    console.log(`${file} written`)
  }
}

function current(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
