/** The operations as declared, without a gateway behind them: for pages and tables that are made from the list. */
import { operations, type OperationPorts } from '../src/operations/index.ts'
import type { Operation } from '../src/operations/types.ts'

/** They can be listed, not run: whatever they ask of a port is absent. */
export function everyOperation(): readonly Operation[] {
  const absent: unknown = new Proxy(Object.freeze({}), { get: () => absent })
  return operations(absent as OperationPorts)
}
