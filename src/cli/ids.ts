/** Ids of devices and nodes as people type them: the whole, or its beginning as a list shows it. */
import { unreachable } from '../core/never.ts'
import { text } from './arguments.ts'
import { answered, ended, type Result } from './show-answer.ts'
import type { Asked } from './client.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

/** A device's id is the digest of its key: 64 hexadecimal digits. */
const WHOLE = /^[0-9a-f]{64}$/
export const LEAST = 8

export type Found =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'none' }
  /** Too little of it to mean one. */
  | { readonly kind: 'short' }
  | { readonly kind: 'several'; readonly ids: readonly string[] }

/** What begins like several is none of them: nobody's device is removed by luck. */
export function findId(given: string, known: readonly string[]): Found {
  if (known.includes(given)) return { kind: 'id', id: given }
  if (given.length < LEAST) return { kind: 'short' }
  const ids = [...new Set(known)].filter((id) => id.startsWith(given))
  const [id] = ids
  if (id === undefined) return { kind: 'none' }
  return ids.length === 1 ? { kind: 'id', id } : { kind: 'several', ids }
}

export interface Wanted<Value> {
  /** `devices revoke`, for what is said. */
  readonly command: string
  /** `device`: also the option that may say it in place of an argument. */
  readonly what: 'device' | 'node'
  /** Who is known. */
  readonly list: Asked<Value>
  readonly ids: (value: Value) => readonly string[]
}

/** The device or node that the command line names; asks for the list only when it names no whole id. */
export async function namedId<Value>(
  { command, what, list, ids }: Wanted<Value>,
  args: Arguments,
  context: Context,
): Promise<Result<string>> {
  const [position] = args.positionals
  const option = text(args, what)
  const given = (option ?? position ?? '').trim().toLowerCase()
  const listed = `\`openclaw ${what}s list\` shows them`
  const no = (code: number, message: string) => ended(code, `${command}: ${message}`, context)
  if (given === '') return no(EXIT.usage, `say which ${what}, by its id: ${listed}`)
  if (WHOLE.test(given)) return { kind: 'done', value: given }

  const answer = await answered(list, args, context)
  if (answer.kind === 'exit') return answer
  const found = findId(given, ids(answer.value))
  switch (found.kind) {
    case 'id':
      return { kind: 'done', value: found.id }
    case 'short':
      return no(EXIT.usage, `at least the first ${LEAST} characters of the id: ${listed}`)
    case 'none':
      return no(EXIT.no, `there is no ${what} whose id begins with that: ${listed}`)
    case 'several':
      return no(EXIT.no, `several begin with that: type more of ${found.ids.join(' or ')}`)
    default:
      return unreachable(found)
  }
}
