/** The page's view of people, in a real browser against a built gateway: who asks appears by itself, and is decided about there. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { LET_IN } from '../src/channels/let-in.ts'
import { TestDevice } from '../src/access/device.fixture.ts'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { asking, authOf, request } from '../src/server/websocket/pairing.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { CHROMIUM, on, openBrowser, visit, type Visit } from './page-browser.fixture.ts'

const at = {
  gateway: {} as RunningGateway,
  network: {} as TelegramStandIn,
  browser: {} as Browser,
  visits: [] as Visit[],
}
const HOSTILE = '<img src=x onerror="document.title=1">\u202Egnp.live\u2066'
const LATEST = { timeout: 1_000 }

async function rest(call: string, body?: object, secret = TOKEN) {
  const [method = '', path = ''] = call.split(' ')
  const headers = bearer(secret)
  return at.gateway.ask({
    method,
    path: `/api/v1${path}`,
    headers,
    ...(body !== undefined && { body }),
  })
}

async function loggedIn(secret: string, width?: number): Promise<Page> {
  const seen = await visit(at.browser, width)
  at.visits.push(seen)
  await seen.page.goto(`http://127.0.0.1:${at.gateway.port}`)
  await on.field(seen.page).fill(secret)
  await on.logIn(seen.page).click()
  await on.message(seen.page).waitFor()
  return seen.page
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const panel = (page: Page) => page.getByRole('region', { name: 'People' })
const opener = (page: Page) => page.getByRole('button', { name: /^People/ })
const said = (page: Page, words: string) => panel(page).getByRole('status').getByText(words)
/** The page listens, so that what happens next is news to it. */
async function listening(page: Page): Promise<void> {
  await panel(page).getByRole('heading', { name: 'Networks' }).waitFor()
}

async function stranger(id: number, name = 'Nick'): Promise<void> {
  at.network.say({ from: { id, name }, text: 'hello' })
  await vi.waitFor(
    () => expect(at.network.sent.some(({ chatId }) => chatId === String(id))).toBe(true),
    {
      timeout: 10_000,
    },
  )
}

const suite = CHROMIUM === undefined ? 'people (skipped: needs chromium)' : 'people on the page'
describe.skipIf(CHROMIUM === undefined)(suite, () => {
  beforeAll(async () => {
    at.network = await TelegramStandIn.start()
    const { token, apiBase } = at.network
    at.gateway = await startGateway({
      config: {
        gateway: { auth: { mode: 'token', token: TOKEN, allowLocalDirect: false } },
        channels: { telegram: { token, apiBase } },
        security: { apiKeys: { enabled: true } },
      },
    })
    at.browser = await openBrowser()
  })
  afterEach(async () => {
    for (const { context } of at.visits) await context.close()
  })
  afterAll(async () => {
    const complaints = at.visits.flatMap((seen) => seen.complaints)
    await at.browser?.close()
    await at.gateway?.stop?.()
    await at.network?.stop?.()
    expect(complaints).toEqual([])
  })

  it('R18: a stranger who writes is seen without a reload, and talks once they are approved', async () => {
    const page = await loggedIn(TOKEN)
    await opener(page).click()
    await listening(page)
    await panel(page).getByText('Nobody asks.').waitFor()
    await stranger(1001)
    await button(page, 'Approve telegram:1001').waitFor(LATEST)
    expect(await opener(page).innerText()).toMatch(/People\s*1/)
    const code = /Code: (\w{6})/.exec(at.network.sent[0]?.text ?? '')?.[1] ?? 'none'
    expect(await panel(page).innerText()).toContain(code)

    const sent = page.waitForRequest((one) => one.url().endsWith('/senders/approve'))
    await button(page, 'Approve telegram:1001').click()
    expect(Object.keys((await sent).postDataJSON())).toEqual(['requestId'])
    await said(page, 'telegram:1001 may write now, and is told.').waitFor()
    await vi.waitFor(() => expect(at.network.sent.at(-1)?.text).toBe(LET_IN), { timeout: 10_000 })
    await button(page, 'Revoke telegram:1001').waitFor()
    expect(await opener(page).innerText()).toBe('People')
    at.network.say({ from: { id: 1001 }, text: '/whoami' })
    await vi.waitFor(() => expect(at.network.sent.at(-1)?.text).toContain('id: telegram:1001'), {
      timeout: 10_000,
    })

    await button(page, 'Revoke telegram:1001').click()
    await said(page, 'may not write any more').waitFor()
    await button(page, 'Revoke telegram:1001').waitFor({ state: 'detached' })
    expect((await rest('GET /senders')).json).toMatchObject({ approved: [] })
  })

  it('R51: shows a hostile name as harmless text of one line, and sends no part of it', async () => {
    const page = await loggedIn(TOKEN)
    await opener(page).click()
    await listening(page)
    await stranger(1002, HOSTILE)
    await button(page, 'Reject telegram:1002').waitFor(LATEST)
    const text = await panel(page).innerText()
    expect(text).toContain('<img src=x onerror="document.title=1">\uFFFDgnp')
    expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('OpenClaw Gateway')
    const sent = page.waitForRequest((one) => one.url().endsWith('/senders/dismiss'))
    await button(page, 'Reject telegram:1002').click()
    expect(Object.keys((await sent).postDataJSON())).toEqual(['requestId'])
    await said(page, 'telegram:1002 was turned down.').waitFor()
  })

  it('says in words that a request is gone', async () => {
    const page = await loggedIn(TOKEN)
    await stranger(1003)
    await opener(page).click()
    await button(page, 'Approve telegram:1003').waitFor()
    // The list is kept as it was, as if the news were late.
    await page.route('**/api/v1/senders', (route) => route.abort())
    const code = /Code: (\w{6})/.exec(
      at.network.sent.find(({ chatId }) => chatId === '1003')?.text ?? '',
    )?.[1]
    const answered = await rest('POST /senders/dismiss', { channel: 'telegram', code })
    expect(answered.status).toBe(200)
    await button(page, 'Approve telegram:1003').click()
    await said(page, 'That is gone').waitFor()
    await page.unroute('**/api/v1/senders')
    expect((await rest('GET /senders')).json).toMatchObject({ approved: [] })
    at.visits.at(-1)?.complaints.splice(0)
  })

  it('lets a device in that waits, and says before what that gives it', async () => {
    const page = await loggedIn(TOKEN)
    await opener(page).click()
    await listening(page)
    const device = new TestDevice()
    const wish = { device, scopes: ['operator.read', 'operator.write'] }
    await request(at.gateway.port, wish)
    const short = device.id.slice(0, 12)
    await button(page, `Approve device ${short}`).waitFor(LATEST)
    expect(await panel(page).innerText()).toContain(
      'An approval lets it read all conversations; talk',
    )
    await button(page, `Approve device ${short}`).click()
    await said(page, `Device ${short} may connect`).waitFor()
    const client = await admitted(at.gateway.port, asking(wish))
    expect(authOf(client).scopes).toEqual(expect.arrayContaining(wish.scopes))
    await client.close()
  })

  it('R50: a session without the scope sees nothing of it, and is refused each of its calls', async () => {
    const made = await rest('POST /api-keys', { name: 'chatter', permissions: ['read', 'write'] })
    const key = String(Object(made.json).key)
    const page = await loggedIn(key)
    await page.locator('.account-button').click()
    expect(await opener(page).count()).toBe(0)
    expect(await page.locator('#people').count()).toBe(0)
    const asked = at.visits.at(-1)?.asked.join('\n') ?? ''
    expect(asked).not.toMatch(/senders|devices|pairing/)
    const who = { channel: 'telegram', sender: '1001' }
    const calls: [string, object?][] = [
      ['GET /pairing/changes?seconds=300'],
      ['GET /senders'],
      ['GET /devices'],
      ['POST /senders', who],
      ['POST /senders/approve', { requestId: 'any' }],
      ['POST /senders/dismiss', { requestId: 'any' }],
      ['DELETE /senders/telegram/1001'],
      ['POST /devices/requests/any/approve', {}],
      ['POST /devices/requests/any/reject', {}],
    ]
    for (const [call, body] of calls)
      expect([call, (await rest(call, body, key)).status]).toEqual([call, 403])
  })

  it('works by keyboard alone on a phone of 320 pixels: invites, and shows how the network is', async () => {
    const page = await loggedIn(TOKEN, 320)
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth')
    await stranger(1004, 'W'.repeat(300))
    await page.getByText('1 request waits').waitFor({ state: 'attached' })
    expect(await overflow()).toBeLessThanOrEqual(0)
    await opener(page).focus()
    await page.keyboard.press('Enter')
    await listening(page)
    const box = await panel(page).boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 320) + (box?.width ?? 0)).toBeLessThanOrEqual(320)
    expect(
      await page.evaluate(
        "(() => { const part = document.getElementById('people'); return part.scrollWidth - part.clientWidth })()",
      ),
    ).toBeLessThanOrEqual(0)
    await panel(page).getByText('Telegram default: connected').waitFor()

    const field = await panel(page).getByLabel('Their id there').getAttribute('id')
    const focused = () => page.evaluate('document.activeElement?.id')
    for (const _step of Array(12)) {
      if ((await focused()) === field) break
      await page.keyboard.press('Tab')
    }
    expect(await focused()).toBe(field)
    await page.keyboard.type('2002')
    await page.keyboard.press('Enter')
    await said(page, 'telegram:2002 may write now.').waitFor()
    await button(page, 'Revoke telegram:2002').waitFor()
    await page.keyboard.press('Escape')
    await panel(page).waitFor({ state: 'hidden' })
  })

  // Last: nobody asks this gateway anything more. Its time is less than what answers get that do not end.
  it(
    'ends what listens when the gateway stops, and does not keep it waiting',
    { timeout: 8_000 },
    async () => {
      const url = `http://127.0.0.1:${at.gateway.port}/api/v1/pairing/changes?seconds=300`
      const headers = { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' }
      const stream = await fetch(url, { headers })
      expect(await at.gateway.stop()).toBe(0)
      expect(await stream.text()).toMatch(/^event: changed\ndata: {}\n\n[^]*event: done\n/)
    },
  )
})
