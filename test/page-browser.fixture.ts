/** A real browser that opens the gateway's page, and remembers what the page asked for. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** Debian's packages `chromium-headless-shell` and `chromium`. */
export const CHROMIUM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync)

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('needs chromium')
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Every address asked for, with the Referer that went along. */
  readonly asked: string[]
  /** What the browser complained about: script errors, and what the policy forbade. */
  readonly complaints: string[]
}

/** One person's browser: its own cookies and storage. */
export async function visit(browser: Browser, width = 1000, height = 740): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  context.on('request', (request) => {
    asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    const refusedLogin = /status of (401|429)/.test(message.text())
    if (message.type() === 'error' && !refusedLogin) complaints.push(message.text())
  })
  return { context, page, asked, complaints }
}

export const on = {
  field: (page: Page) => page.getByLabel('Token, password or API key'),
  logIn: (page: Page) => page.getByRole('button', { name: 'Log in' }),
  notice: (page: Page) => page.getByRole('alert').first(),
  message: (page: Page) => page.getByLabel('Message to the agent'),
  replies: (page: Page) => page.locator('.message-assistant[aria-busy=false]'),
} as const

/** Says something and waits for the whole answer. */
export async function say(page: Page, text: string): Promise<string> {
  // Until the history is there, older answers would count as new ones.
  await page.locator('.messages[aria-busy=false]').waitFor({ state: 'attached' })
  const before = await on.replies(page).count()
  await on.message(page).fill(text)
  await on.message(page).press('Enter')
  await on.replies(page).nth(before).waitFor()
  return on.replies(page).nth(before).innerText()
}
