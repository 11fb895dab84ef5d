import { describe, expect, it } from 'vitest'

import { testContext } from './context.fixture.ts'
import { showFindings } from './show-findings.ts'

const FINDING = {
  checkId: 'gateway.made_up',
  severity: 'critical',
  title: 'Made \u001b[5mup',
  detail: 'a detail',
  fix: 'openclaw \u0007doctor',
  repairs: [],
} as const

describe('a finding', () => {
  it('is painted on a terminal, and what is in it is not obeyed', () => {
    const { context, written } = testContext({}, { isTty: true })
    showFindings([FINDING], context)
    expect(written.out).toBe(
      [
        '\u001b[31mcritical\u001b[0m \u001b[1mMade ?[5mup\u001b[0m',
        '         a detail',
        '         openclaw ?doctor  \u001b[2mgateway.made_up\u001b[0m',
        '',
      ].join('\n'),
    )
  })

  it('is plain in a pipe', () => {
    const { context, written } = testContext()
    showFindings([FINDING], context)
    expect(written.out).toBe(
      'critical Made ?[5mup\n         a detail\n         openclaw ?doctor  gateway.made_up\n',
    )
  })
})
