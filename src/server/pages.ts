/** The page's static files as answers: looked up in memory, public, never behind a credential. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './reply.ts'

export interface Pages {
  /** `null` for whatever is not exactly one of the page's files, asked by GET or HEAD. */
  find(method: string, url: string, headers: IncomingHttpHeaders): Answer | null
}

export const NO_PAGES: Pages = { find: () => null }
