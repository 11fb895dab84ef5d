/** The page's files, read into memory once; `gateway.controlUi.enabled` switches them on and off. */
import { join } from 'node:path'
import type { Pages } from '../server/pages.ts'
import { loadStaticFiles, staticPages } from '../server/static.ts'

/** The bundle and the page stand side by side in `dist`; from source, `dist` is one folder up. */
const BESIDE = import.meta.dirname.endsWith('chunks') ? '../ui' : '../../dist/ui'

export function loadPages(enabled: () => boolean): Pages {
  const pages = staticPages(loadStaticFiles(join(import.meta.dirname, BESIDE)))
  return { find: (method, url, headers) => (enabled() ? pages.find(method, url, headers) : null) }
}
