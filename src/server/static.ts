/** The page's files: read once at start, looked up by their exact path, never from the disk on a request. */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Answer } from './reply.ts'

export interface StaticFile {
  readonly status: 200 | 503
  /** Names and values in turn, as `reply.ts` sends them. */
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly etag: string
  /** `null` where compressing gains nothing. */
  readonly gzip: Buffer | null
}

export interface StaticFiles {
  /** `path`: decoded once, without the query. `null`: no such file. */
  find(path: string): StaticFile | null
}

/** What of the request's headers changes the answer. */
export type StaticRequest = Pick<IncomingHttpHeaders, 'accept-encoding' | 'if-none-match'>

const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
].join('; ')
const PAGE_HEADERS = ['Content-Security-Policy', POLICY, 'X-Frame-Options', 'DENY'] as const

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** Vite writes the content's hash into these names, so a changed file has another name. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/
const WORTH_COMPRESSING = 1024

/** `dir`: the built page, `dist/ui`. Without it, `/` says what to run. */
export function loadStaticFiles(dir: string): StaticFiles {
  const files = new Map(
    pathsUnder(dir).map((path) => [path, staticFile(path, readFileSync(join(dir, path)))]),
  )
  files.set('/', files.get('/index.html') ?? NOT_BUILT)
  return { find: (path) => files.get(path) ?? null }
}

/** The files as the server asks for them: by method and undecoded URL, for GET and HEAD alone. */
export function staticPages(files: StaticFiles): {
  find(method: string, url: string, request?: StaticRequest): Answer | null
} {
  return {
    find(method, url, request = {}) {
      if (method !== 'GET' && method !== 'HEAD') return null
      const file = files.find(pathOf(url))
      return file === null ? null : answerStatic(file, request)
    },
  }
}

/** What GET answers; HEAD is the same without the body, which node:http leaves out. */
export function answerStatic(
  { status, headers, body, etag, gzip }: StaticFile,
  request: StaticRequest,
): Answer {
  if (status === 200 && names(request['if-none-match'], etag)) {
    return { status: 304, headers, body: '' }
  }
  if (gzip === null || !acceptsGzip(request['accept-encoding'])) return { status, headers, body }
  return { status, headers: [...headers, 'Content-Encoding', 'gzip'], body: gzip }
}

function staticFile(path: string, body: Buffer): StaticFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const compressed = body.length < WORTH_COMPRESSING ? null : gzipSync(body)
  const gzip = compressed !== null && compressed.length < body.length ? compressed : null
  // Weak: the same name is given to the plain and to the compressed bytes (RFC 9110, 8.8.1).
  const etag = `W/"${hash('sha256', body, 'hex').slice(0, 32)}"`
  const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
  const vary = gzip === null ? [] : ['Vary', 'Accept-Encoding']
  const own = ['Content-Type', type, 'Cache-Control', cache, 'ETag', etag, ...vary]
  return { status: 200, headers: [...own, ...PAGE_HEADERS], body, etag, gzip }
}

const NOT_BUILT: StaticFile = {
  ...staticFile(
    '/index.html',
    Buffer.from(
      '<!doctype html><html lang="en"><title>OpenClaw Gateway</title>' +
        '<p>The gateway runs, but its page is not built: run <code>npm run build</code>, then restart the gateway.\n',
    ),
  ),
  status: 503,
}

/** `/index.html`, `/assets/…`: regular files only, so that a link in the folder leads nowhere. */
function pathsUnder(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(dir).length))
      .map((path) => (path.startsWith('/') ? path : `/${path}`))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new Error(`cannot read the page's files in ${dir}`, { cause: error })
  }
}

/** Decoded once and compared whole, so that no spelling of `..` means anything. `''` when it cannot be decoded. */
function pathOf(url: string): string {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((name) => name.trim() === etag || name.trim() === '*')
}

const GZIP = /^(gzip|\*)(;q=(1(\.0*)?|0?\.\d*[1-9]\d*))?$/i

function acceptsGzip(header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false
  return header.split(',').some((coding) => GZIP.test(coding.replaceAll(/\s/g, '')))
}
