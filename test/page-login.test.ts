import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM, openBrowser } from './page-browser.fixture.ts'

const CARD = `<main class="login"><form class="login-card"><h1>OpenClaw Gateway</h1>
<div class="secret"><label>Token</label><div class="secret-row"><input><button class="secret-show">Show</button></div></div>
<p class="login-hint"><code>openclaw dashboard</code> prints a link.</p></form></main>`

const suite = CHROMIUM === undefined ? 'the login card (skipped: needs chromium)' : 'the login card'

describe.skipIf(CHROMIUM === undefined)(suite, () => {
  it('is whole on the narrowest phone', async () => {
    const sheets = await Promise.all(
      ['theme.css', 'login.css'].map((name) =>
        readFile(join(import.meta.dirname, '../ui/src/styles', name), 'utf8'),
      ),
    )
    const browser = await openBrowser()
    onTestFinished(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } })
    await page.setContent(`<!doctype html><style>${sheets.join('\n')}</style>${CARD}`)
    const card = await page.locator('.login-card').boundingBox()
    expect(card).toMatchObject({ x: 20, width: 280 })
  })
})
