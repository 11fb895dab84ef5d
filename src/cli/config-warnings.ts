/** What the gateway will warn of after a change of its configuration, in words, one each. */
import type { Edited } from '../config/edit.ts'
import { problemText } from '../config/problem.ts'
import type { Context } from './types.ts'

/** Of a file that cannot be read as it now is, its problems say all. */
export async function warningsAfter(
  { now }: Pick<Edited, 'now'>,
  { parts }: Pick<Context, 'parts'>,
): Promise<readonly string[]> {
  return now.kind === 'loaded' ? (await parts.configWarnings(now)).map(problemText) : []
}
