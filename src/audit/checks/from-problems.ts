/** Says as findings what the rules of a start have said already. */
import type { Problem, ProblemCode } from '../../config/problem.ts'
import type { Found } from '../types.ts'

/** `codes`: which of the problems are meant. */
export function fromProblems(
  problems: readonly Problem[],
  codes: readonly ProblemCode[],
): readonly Found[] {
  return problems
    .filter(({ code }) => codes.includes(code))
    .map(({ key, message, fix }) => ({
      detail: key === null ? message : `${key}: ${message}`,
      fix,
    }))
}
