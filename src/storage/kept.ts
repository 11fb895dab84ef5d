/** A change that the disk did not take, as a value: those who write expect it and say it to the caller. */
import type { Unavailable } from '../agents/conversations.ts'
import { StoreProblem } from './store-problem.ts'

export async function keptOr<Kept>(write: () => Promise<Kept>): Promise<Kept | Unavailable> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error
    return { kind: 'unavailable', detail: error.forCallers, error }
  }
}
