/** Which pages may talk to the gateway: the screen against a naive reading of SPEC 2.8, near misses first. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { originAllowed } from './origin.ts'
import { originPasses, screenPasses } from './reference-origin.fixture.ts'
import { anyVisit, arrive } from './reference-pages.fixture.ts'
import { screen } from './screen.ts'

test(
  'R38: the screen and a naive reading of SPEC 2.8 agree on every Host and Origin',
  { timeout: 60_000 },
  () => {
    const seen = { passed: 0, refused: 0, sameOrigin: 0 }
    const property = fc.property(anyVisit, (visit) => {
      const { evidence, policy } = arrive(visit)
      const passes = originPasses(evidence, policy)
      if (originAllowed(evidence, policy) !== passes)
        expect.fail(passes ? 'refused a page of ours' : `let ${visit.origin} in`)
      const screened = screenPasses(evidence, policy, visit.target)
      if ((screen(evidence, policy, visit.target) === null) !== screened)
        expect.fail(screened ? 'screened a link' : 'let something through the screen')
      if (passes) seen.passed += 1
      else seen.refused += 1
      if (passes && visit.origin !== null && !visit.any && !visit.listed) seen.sameOrigin += 1
    })
    fc.assert(property, { numRuns: 200_000 })
    expect(seen.passed).toBeGreaterThan(10_000)
    expect(seen.sameOrigin).toBeGreaterThan(2_000)
    expect(seen.refused).toBeGreaterThan(50_000)
  },
)

test(
  'R36 R37: with an Origin, Sec-Fetch-Site and navigation make no difference',
  { timeout: 60_000 },
  () => {
    const sites = fc.constantFrom(null, 'same-origin', 'none', 'same-site', 'cross-site')
    const property = fc.property(anyVisit, sites, fc.boolean(), (visit, site, navigation) => {
      if (visit.origin === null) return
      const { evidence, policy } = arrive(visit)
      const browser = { ...evidence.browser, site, navigation }
      const before = screen(evidence, policy, visit.target)
      if (screen({ ...evidence, browser }, policy, visit.target) !== before)
        expect.fail(`${site} decided`)
    })
    fc.assert(property, { numRuns: 120_000 })
  },
)
