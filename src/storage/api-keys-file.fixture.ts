/** For tests: makes API keys one after the other and prints each once it is made. `argv`: the file, a name, how many. */
import { scopesOfPermissions } from '../access/api-key-permissions.ts'
import { openApiKeysFile } from './api-keys-file.ts'

const [path = '', name = '', count = '0'] = process.argv.slice(2)
const opened = await openApiKeysFile({
  path,
  strict: true,
  scopesOf: scopesOfPermissions,
  weakness: () => null,
  fingerprint: () => '',
  checkFile: async () => null,
  clock: Date.now,
})
if (opened.kind === 'refused') throw new Error(opened.problem)
for (let n = 0; n < Number(count); n += 1) {
  const wanted = { name, permissions: ['read'], expiresAt: null, rateLimit: null }
  const made = await opened.keys.create(wanted)
  if (made.kind === 'refused') throw new Error(made.message)
  process.stdout.write(`${made.entry.id} ${made.key.digest()}\n`)
}
