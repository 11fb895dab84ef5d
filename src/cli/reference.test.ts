import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { COMMANDS } from './index.ts'
import { commandReference } from './reference.ts'

it('docs/cli.md says what the commands say (`npm run docs` renews it)', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  expect(page).toBe(await commandReference(COMMANDS))
})
