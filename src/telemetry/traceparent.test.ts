import { expect, test } from 'vitest'
import { parseTraceparent } from './traceparent.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

test.each([
  ['kept by the caller', `00-${TRACE}-${SPAN}-01`, true],
  ['not kept by the caller', `00-${TRACE}-${SPAN}-00`, false],
  ['with flags of a later version', `00-${TRACE}-${SPAN}-03`, true],
  ['of a later version, which may say more', `cc-${TRACE}-${SPAN}-01-what-comes`, true],
])('a parent %s is taken', (_name, header, sampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled })
})

test.each([
  ['nothing', ''],
  ['a version that is none', `ff-${TRACE}-${SPAN}-01`],
  ['more than version 00 may say', `00-${TRACE}-${SPAN}-01-more`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a trace that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['spaces', ` 00-${TRACE}-${SPAN}-01`],
  ['two headers, joined', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
])('%s is no parent', (_name, header) => {
  expect(parseTraceparent(header)).toBeNull()
})
