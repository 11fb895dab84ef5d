/** Whoever makes a call, as the connection knows them: for the few operations that depend on when and by which rules they were let in. */
import type { Gateway } from './gateway.ts'

export interface Asker {
  /** Of the rules that were in force when the request or connection came: those that judged it are these or newer. */
  readonly generation: number
  /** Whether the same request would be let in, as the same principal and with every scope, by the rules of this gateway. No effects. */
  allowedBy(gateway: Gateway): Promise<boolean>
}
