/** Says whether a value read back from disk has the form it was written in; the record depends on nothing but Node. */

export type Shape<T> = (value: unknown) => value is T
export type Shaped<S> = S extends Shape<infer T> ? T : never

type Members = Readonly<Record<string, Shape<unknown>>>
type MembersOf<M extends Members> = { readonly [Name in keyof M]: Shaped<M[Name]> }

export const text: Shape<string> = (value) => typeof value === 'string'
export const number: Shape<number> = (value) => typeof value === 'number'
export const flag: Shape<boolean> = (value) => typeof value === 'boolean'
export const nothing: Shape<null> = (value) => value === null
export const absent: Shape<undefined> = (value) => value === undefined

/** Members that are not named may be there: a later version may know more. */
export function object<M extends Members>(members: M): Shape<MembersOf<M>> {
  const entries = Object.entries(members)
  return (value): value is MembersOf<M> =>
    isPlain(value) && entries.every(([name, shape]) => shape(value[name]))
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] =>
    Array.isArray(value) && value.every((entry) => shape(entry))
}

/** Any names, each with a value of this form. */
export function map<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> =>
    isPlain(value) && Object.values(value).every((entry) => shape(entry))
}

export function either<A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return (value): value is A | B => a(value) || b(value)
}

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value): value is T => words.some((word) => word === value)
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
