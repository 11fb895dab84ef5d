/** The page in a real browser against a real gateway: a person logs in, chats and leaves. */
import { createServer, type Server } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { CHROMIUM, on, openBrowser, say, visit, type Visit } from './page-browser.fixture.ts'

// The browser runs as the gateway's user: with local callers admitted there would be nothing to log in for.
const CONFIG = {
  gateway: {
    auth: { mode: 'token', token: TOKEN, allowLocalDirect: false, rateLimit: { maxAttempts: 4 } },
  },
}
const at = { gateway: {} as RunningGateway, browser: {} as Browser, visits: [] as Visit[] }
const base = () => `http://127.0.0.1:${at.gateway.port}`

async function arrive(width?: number, height?: number): Promise<Visit> {
  const arrived = await visit(at.browser, width, height)
  at.visits.push(arrived)
  return arrived
}

async function newLink(): Promise<string> {
  const { json } = await at.gateway.ask({
    method: 'POST',
    path: '/api/v1/login-links',
    headers: bearer(TOKEN),
  })
  if (typeof json !== 'object' || json === null || !('url' in json)) throw new Error('no link')
  return String(json.url)
}

async function loggedIn(page: Page): Promise<void> {
  await page.goto(await newLink())
  await on.message(page).waitFor()
}

const suite = CHROMIUM === undefined ? 'the page (skipped: needs chromium)' : 'the page'
describe.skipIf(CHROMIUM === undefined)(suite, () => {
  beforeAll(async () => {
    at.gateway = await startGateway({ config: CONFIG })
    at.browser = await openBrowser()
  })
  afterAll(async () => {
    const complaints = at.visits.flatMap((seen) => seen.complaints)
    const elsewhere = at.visits.flatMap(({ asked }) =>
      asked.filter((url) => !url.startsWith(base())),
    )
    await at.browser?.close()
    await at.gateway?.stop?.()
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] })
  })

  it('R67, R40: the printed link opens the chat once, and its code is nowhere to be seen', async () => {
    const link = /http:\/\/\S+\/#login=([\w-]+)/.exec(at.gateway.output())
    const [url = '', code = ''] = link ?? []
    const first = await arrive()
    await first.page.goto(url)
    await on.message(first.page).waitFor()
    expect(first.page.url()).toBe(`${base()}/`)
    // The browser itself reports the fragment of a navigation, which it does not send.
    expect(first.asked.slice(1).join('\n')).not.toContain(code)
    await first.page.goBack()
    expect(first.page.url()).not.toContain(code)

    const second = await arrive()
    await second.page.goto(url)
    await on.field(second.page).waitFor()
    expect(await on.notice(second.page).innerText()).toContain('openclaw dashboard')
  })

  it('chats: Enter sends, Shift and Enter does not, and the answer is shown', async () => {
    const { page } = await arrive()
    await loggedIn(page)
    expect(await say(page, '/help')).toContain('/remember')
    await on.message(page).fill('one')
    await on.message(page).press('Shift+Enter')
    await on.message(page).pressSequentially('two')
    expect(await on.message(page).inputValue()).toBe('one\ntwo')
  })

  it('shows what was written as text, never as HTML', async () => {
    const { page } = await arrive()
    await loggedIn(page)
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await say(page, `/remember ${attack}`)
    expect(await say(page, '/recall')).toContain(attack)
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).toBe('OpenClaw Gateway')
  })

  it('R01: no parameter of the address can send the page to another gateway', async () => {
    const { page, asked } = await arrive()
    await page.goto(
      `${base()}/?gatewayUrl=wss://evil.example&server=//evil.example#gatewayUrl=wss://evil.example`,
    )
    await on.field(page).fill(TOKEN)
    await on.logIn(page).click()
    await on.message(page).waitFor()
    expect(page.url()).toBe(`${base()}/`)
    expect(asked.map((line) => new URL(line.split(' ')[0] ?? '').origin)).toEqual(
      asked.map(() => base()),
    )
  })

  it('SPEC 7: the cookie is out of reach for scripts, and nothing without the proof of its tab', async () => {
    const { page, context } = await arrive()
    await loggedIn(page)
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ name: 'openclaw_session', httpOnly: true, sameSite: 'Strict' })
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}')
    expect(await page.evaluate("fetch('/api/v1/whoami').then((answer) => answer.status)")).toBe(401)

    const other = await context.newPage()
    await other.goto(base())
    await on.field(other).waitFor()

    await page.reload()
    await on.message(page).waitFor()
  })

  it('a login in another tab does not log this one out', async () => {
    const { page, context } = await arrive()
    await loggedIn(page)
    const other = await context.newPage()
    await loggedIn(other)
    expect(await say(page, '/whoami')).not.toBe('')
  })

  it('logs out: the session is over, also for whoever kept cookie and proof', async () => {
    const { page, context } = await arrive()
    await loggedIn(page)
    const [cookie] = await context.cookies()
    const proof = await page.evaluate("sessionStorage.getItem('openclaw.session-proof')")
    const headers = {
      cookie: `openclaw_session=${cookie?.value}`,
      'x-openclaw-session-proof': String(proof),
    }
    expect((await at.gateway.ask({ headers })).status).toBe(200)

    await page.locator('.account-button').click()
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await on.field(page).waitFor()
    expect(await context.cookies()).toEqual([])
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    expect((await at.gateway.ask({ headers })).status).toBe(401)
  })

  it('R36, R37: a page on another port of this host can neither log in nor out', async () => {
    const { page, context, asked } = await arrive()
    await loggedIn(page)
    const link = (await newLink()).split('#login=')[1]
    const neighbour = await serve('<!doctype html><title>neighbour</title>')
    const other = await context.newPage()
    try {
      await other.goto(neighbour.url)
      const session = `${base()}/api/v1/session`
      const body = JSON.stringify({ link })
      await other.evaluate(
        ({ session: url, body }: { session: string; body: string }) =>
          Promise.allSettled([
            fetch(`${url}?everywhere=true`, { method: 'DELETE', credentials: 'include' }),
            fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors', body }),
          ]).then(() => undefined),
        { session, body },
      )
    } finally {
      neighbour.server.close()
      await other.close()
    }
    expect(await say(page, '/whoami')).not.toBe('')
    await page.goto(`${base()}/#login=${link}`)
    await on.message(page).waitFor()
    // What the neighbour asked for is what this test is about.
    asked.splice(0)
  })

  it.each([320, 390])('fits a phone of %d pixels, before and after the login', async (width) => {
    const { page } = await arrive(width, 640)
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
    await page.goto(base())
    await on.logIn(page).waitFor()
    expect(await overflow()).toBeLessThanOrEqual(0)
    await loggedIn(page)
    await say(page, `/remember ${'unbreakable'.repeat(30)}`)
    expect(await overflow()).toBeLessThanOrEqual(0)
    const box = await page.getByRole('button', { name: 'Send', exact: true }).boundingBox()
    expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
  })

  it('hides a secret until it is asked to show it', async () => {
    const { page } = await arrive()
    await page.goto(base())
    await on.field(page).fill('a secret')
    expect(await on.field(page).getAttribute('type')).toBe('password')
    expect(await on.field(page).getAttribute('name')).toBeNull()
    await page.getByRole('button', { name: 'Show what is typed' }).click()
    expect(await on.field(page).inputValue()).toBe('a secret')
    expect(await on.field(page).getAttribute('type')).toBe('text')
  })

  // Last: it locks the address that all of them share.
  it('says that a secret was wrong, and counts down once there were too many', async () => {
    const { page } = await arrive()
    await page.goto(base())
    await on.field(page).fill('wrong-secret')
    await on.logIn(page).click()
    await on.notice(page).getByText('not accepted').waitFor()
    const tooMany = on.notice(page).getByText(/Try again in \d/)
    for (const attempt of [1, 2, 3, 4]) {
      if (await tooMany.isVisible()) break
      await on.field(page).fill(`wrong-secret-${attempt}`)
      await on.logIn(page).click()
      await page.getByRole('button', { name: 'Log in' }).waitFor()
    }
    await tooMany.waitFor()
    expect(await on.logIn(page).isDisabled()).toBe(true)
  })
})

async function serve(html: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(html)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/`, server }
}
