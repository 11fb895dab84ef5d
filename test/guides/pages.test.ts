/** Every page that tells people what to type is followed by a test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** Pages whose lines are tried in another way, or cannot be. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/cli.md': 'made from the commands themselves, by src/cli/reference.test.ts',
  'docs/printed-commands.md': 'made from what test/printed-commands.test.ts types',
  'docs/benchmarks.md': 'a benchmark takes minutes, and a machine of its own',
  'docs/real-clients.md': 'installs other programs, of several hundred megabytes',
}

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'ARCHITECTURE.md'].concat(
  readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
)
const shows = (page: string) => /^ *```/m.test(readFileSync(join(ROOT, page), 'utf8'))

test('every page with lines or files in it has a test, or a reason why not', () => {
  const alone = pages.filter((page) => {
    const name = page
      .replace(/^docs\//, '')
      .replace(/\.md$/, '')
      .toLowerCase()
    return shows(page) && !existsSync(join(ROOT, `test/${name}-page.test.ts`))
  })
  expect(alone.toSorted()).toEqual(Object.keys(ELSEWHERE).toSorted())
})
