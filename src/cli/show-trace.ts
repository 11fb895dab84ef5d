/** The trace of a decision, one method a line. */
import { z } from 'zod'
import { line } from './output.ts'
import type { Io } from './types.ts'

export const traceShape = z.array(
  z.looseObject({
    step: z.string(),
    verdict: z.string(),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
  }),
)

export function printTrace(trace: z.output<typeof traceShape>, io: Io): void {
  if (trace.length > 0) line(io, '  asked:')
  for (const { step, verdict, reason, detail } of trace) {
    const why = [reason, detail].filter((part) => part !== null).join(': ')
    line(io, `    ${step.padEnd(14)} ${verdict.padEnd(8)} ${why}`.trimEnd())
  }
}
