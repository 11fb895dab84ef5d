/** Builds what is published: the page, and server and command line as one bundle split by command. */
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { buildUi } from './build-ui.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const bundle = await rolldown({
  input: { main: join(root, 'src/main.ts') },
  platform: 'node',
  // Discord's client looks for native compression and goes on without it.
  external: [/^node:/, 'zlib-sync'],
  logLevel: 'warn',
})
await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
})
await bundle.close()
copyFileSync(join(root, 'src/entry.js'), join(dist, 'index.js'))
chmodSync(join(dist, 'index.js'), 0o755)
await buildUi(join(dist, 'ui'))
