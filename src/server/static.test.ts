/** The page's files: exactly those that were built, with the headers that keep a page to itself. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerStatic, loadStaticFiles, staticPages } from './static.ts'
import type { StaticFile, StaticFiles } from './static.ts'

const INDEX = '<!doctype html><script type="module" src="/assets/index-AbCd1234.js"></script>'
const SCRIPT = 'export const answer = 42\n'.repeat(200)
const at: { root: string; files: StaticFiles } = { root: '', files: { find: () => null } }

beforeAll(async () => {
  at.root = await mkdtemp(join(tmpdir(), 'static-'))
  const dir = join(at.root, 'ui')
  await mkdir(join(dir, 'assets'), { recursive: true })
  await writeFile(join(at.root, 'secret.txt'), 'outside')
  await writeFile(join(dir, 'index.html'), INDEX)
  await writeFile(join(dir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(dir, 'assets', 'index-AbCd1234.js'), SCRIPT)
  await symlink(join(at.root, 'secret.txt'), join(dir, 'linked.txt'))
  at.files = loadStaticFiles(dir)
})
afterAll(() => rm(at.root, { recursive: true, force: true }))

function file(path: string): StaticFile {
  const found = at.files.find(path)
  if (found === null) throw new Error(`no file ${path}`)
  return found
}

function header(headers: readonly string[], name: string): string | undefined {
  const at = headers.indexOf(name)
  return at < 0 ? undefined : headers[at + 1]
}

describe('finding', () => {
  it('answers / with the page', () => {
    expect(file('/').body.toString()).toBe(INDEX)
    expect(file('/')).toBe(file('/index.html'))
  })

  it.each([
    '/nope',
    '',
    'index.html',
    '//index.html',
    '/index.html/',
    '/./index.html',
    '/assets',
    '/assets/',
    '/assets/..',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/index.html%00',
    '/index.html\0.js',
    '/INDEX.HTML',
    '/assets\\index-AbCd1234.js',
    '/linked.txt',
    '/__proto__',
    '/constructor',
  ])('R09: knows no %j', (path) => {
    expect(at.files.find(path)).toBeNull()
  })

  it('says what to run where the page was not built', () => {
    const missing = loadStaticFiles(join(at.root, 'no-such-folder')).find('/')
    expect(missing?.status).toBe(503)
    expect(missing?.body.toString()).toContain('npm run build')
    expect(missing?.headers).toContain('X-Frame-Options')
  })

  it('does not start with a page that it cannot read', () => {
    expect(() => loadStaticFiles(join(at.root, 'secret.txt'))).toThrow(join(at.root, 'secret.txt'))
  })
})

describe('answering', () => {
  const script = () => file('/assets/index-AbCd1234.js')

  it('carries no inline script or style, no frame and no base', () => {
    const { headers } = answerStatic(file('/'), {})
    expect(header(headers, 'Content-Security-Policy')).toBe(
      "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; " +
        "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
    )
    expect(header(headers, 'X-Frame-Options')).toBe('DENY')
    expect(header(headers, 'Content-Type')).toBe('text/html; charset=utf-8')
  })

  it('keeps hashed files for ever and asks again for the others', () => {
    expect(header(script().headers, 'Cache-Control')).toContain('immutable')
    expect(header(file('/').headers, 'Cache-Control')).toBe('no-cache')
    expect(header(file('/favicon.svg').headers, 'Cache-Control')).toBe('no-cache')
  })

  it.each(['gzip', 'br, gzip;q=0.8', 'deflate,gzip ; q=1.0 , br', '*'])(
    'compresses for %j',
    (accept) => {
      const { headers, body } = answerStatic(script(), { 'accept-encoding': accept })
      expect(header(headers, 'Content-Encoding')).toBe('gzip')
      expect(gunzipSync(body).toString()).toBe(SCRIPT)
    },
  )

  it.each([undefined, '', 'br', 'gzip;q=0', 'gzip;q=0.0', 'x-gzip2'])(
    'does not for %j',
    (accept) => {
      const { headers, body } = answerStatic(
        script(),
        accept === undefined ? {} : { 'accept-encoding': accept },
      )
      expect(header(headers, 'Content-Encoding')).toBeUndefined()
      expect(header(headers, 'Vary')).toBe('Accept-Encoding')
      expect(body.toString()).toBe(SCRIPT)
    },
  )

  it('does not send again what the browser has', () => {
    const { etag } = file('/')
    const known = answerStatic(file('/'), { 'if-none-match': `"other", ${etag}` })
    expect(known).toMatchObject({ status: 304, body: '' })
    expect(answerStatic(file('/'), { 'if-none-match': '"other"' }).status).toBe(200)
  })
})

describe('pages', () => {
  const found = (method: string, url: string) => staticPages(at.files).find(method, url) !== null

  it.each(['GET', 'HEAD'])('are answered to %s, whatever the query says', (method) => {
    expect(found(method, '/')).toBe(true)
    expect(found(method, '/index.html?gatewayUrl=wss://evil.example')).toBe(true)
    expect(found(method, '/%69ndex.html')).toBe(true)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'get', ''])('are not answered to %j', (method) => {
    expect(found(method, '/')).toBe(false)
  })

  it.each([
    '/%2e%2e/secret.txt',
    '/%252e%252e/secret.txt',
    '/..%2fsecret.txt',
    '/%',
    '/%ff',
    '?',
    '',
  ])('R09: are not found under %j', (url) => {
    expect(found('GET', url)).toBe(false)
  })
})
