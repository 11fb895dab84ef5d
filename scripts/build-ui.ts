/** Builds the page into static files: no inline script or style, everything from our own origin. */
import { join } from 'node:path'
import { build } from 'vite'

/** `outDir` is emptied first; `dist/ui` is where the gateway looks. */
export async function buildUi(outDir: string): Promise<void> {
  await build({
    configFile: false,
    envDir: false,
    root: join(import.meta.dirname, '../ui'),
    mode: 'production',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      // A data: URL for a script or a style would be refused by the page's own policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
}
