/** The routes of HTTP, made from the operations: what is authorized is the very route that is dispatched (R09). */
import findMyWay from 'find-my-way'
import type { HttpBinding, Operation } from '../operations/types.ts'

export interface Route {
  readonly operation: Operation
  readonly binding: HttpBinding
}

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string | undefined>>
}

export interface Routes {
  /** `url`: path and query. HEAD is asked as GET. The path is decoded here, once. */
  find(method: string, url: string): Found | null
  /** The verbs that this path knows: for `Allow`. */
  verbs(url: string): readonly string[]
  readonly all: readonly Route[]
}

const VERBS = ['GET', 'POST', 'PUT', 'DELETE'] as const
type Verb = (typeof VERBS)[number]

/** Throws when an operation declares no scope or two claim one route: a start-up error. */
export function makeRoutes(operations: readonly Operation[]): Routes {
  const router = findMyWay({
    caseSensitive: true,
    ignoreTrailingSlash: false,
    maxParamLength: 512,
  })
  const all = operations.flatMap((operation) =>
    operation.http === null ? [] : [{ operation, binding: operation.http }],
  )
  for (const route of all) {
    if (!route.operation.requires)
      throw new Error(`operation ${route.operation.name} declares no scope`)
    router.on(route.binding.method, route.binding.path, () => {}, route)
  }
  const find = (method: Verb, url: string): Found | null => {
    const match = router.find(method, url)
    return match === null ? null : { route: match.store as Route, params: match.params }
  }
  return {
    find: (method, url) => {
      const verb = VERBS.find((known) => known === (method === 'HEAD' ? 'GET' : method))
      return verb === undefined ? null : find(verb, url)
    },
    verbs: (url) =>
      VERBS.filter((verb) => find(verb, url) !== null).flatMap((verb) =>
        verb === 'GET' ? ['GET', 'HEAD'] : [verb],
      ),
    all,
  }
}
