/** R43: who is let in as whom when Tailscale or a proxy names a user, and who is asked to pair: the documented table, row by row. */
import { describe, expect, test } from 'vitest'
import { CLIENT_NAMES, IDENTITY_CASES, SHOWN, type ShownName } from './identity-table.fixture.ts'
import { openScene, outcomes, visit, type Heard } from './identity-scene.fixture.ts'

// The gateway takes Serve's connection for tailscaled's when its socket is root's, as the tests' sockets are here.
const root = process.getuid?.() === 0
const one = root ? test : test.skip

const SHOWN_NAMES = Object.keys(SHOWN) as ShownName[]

describe(root ? 'R43 identity and pairing' : 'skipped: needs root', () => {
  for (const { title, by, settings, rows } of IDENTITY_CASES) {
    one.each(settings)(`${title}: $title`, async (setting) => {
      const scene = await openScene(by, setting)
      const names = SHOWN_NAMES.filter((name) => rows[name] !== undefined)
      const heard: (Heard | null)[] = []
      // Those of a row at once; not all of them, since tailscaled is asked of a few machines at a time.
      for (const [row, shown] of names.entries())
        heard.push(
          ...(await Promise.all(
            CLIENT_NAMES.map((name, column) =>
              visit(scene, { name, shown, number: 1 + row * CLIENT_NAMES.length + column }),
            ),
          )),
        )
      const cells = await outcomes(scene, heard)
      const found = names.map((shown, row) => [
        shown,
        cells.slice(row * CLIENT_NAMES.length, (row + 1) * CLIENT_NAMES.length),
      ])
      expect(Object.fromEntries(found)).toEqual(rows)
    })
  }
})
