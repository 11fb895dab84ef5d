/** Writes the pages in docs/reference that are made from the code; `--check` fails where one is out of date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { configReference } from '../src/config/reference-page.ts'

interface Page {
  readonly file: string
  readonly render: () => string
}

/** To add a page: write the function beside what it describes, add its line. */
const PAGES: readonly Page[] = [{ file: 'docs/reference/config.md', render: configReference }]

const root = join(import.meta.dirname, '..')
const stale = PAGES.filter(({ file, render }) => current(join(root, file)) !== render())

if (process.argv.includes('--check')) {
  for (const { file } of stale) console.error(`${file} is out of date: run npm run docs`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const { file, render } of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), render())
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
