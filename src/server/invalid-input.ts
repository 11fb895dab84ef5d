/** What was wrong with an input, in the words that the wire's clients know (PROTOCOL 1.2). */
import type { z } from 'zod'

/** `at /client/id: must be …; at root: unexpected property 'foo'`. Names places and expectations, never the value sent. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.slice(0, 5).map(describe).join('; ')
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'root' : `/${issue.path.map(String).join('/')}`
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, 5)
      .map((key) => `at ${place}: unexpected property '${printable(key)}'`)
      .join('; ')
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    const parent =
      issue.path.length <= 1 ? '' : `at /${issue.path.slice(0, -1).map(String).join('/')}: `
    return `${parent}must have required property '${String(issue.path.at(-1) ?? '')}'`
  }
  return `at ${place}: ${issue.message}`
}

/** A property name comes from the caller: short, and without control characters. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)
}
