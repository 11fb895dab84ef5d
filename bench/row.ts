/** One line of the benchmark's table. */
export interface Row {
  readonly name: string
  readonly unit: 'µs CPU/op' | 'ms' | 'MiB' | 'KiB' | 'ns/op'
  readonly gateway: number
  /** The bare server, in the same run; `null` where there is nothing to compare with. */
  readonly bare: number | null
  /** Operations a second; `null` where nothing was repeated. */
  readonly gatewayRate: number | null
  readonly bareRate: number | null
  /** What we hold ourselves to. */
  readonly goal: string | null
}

/** A value that was measured once, with nothing bare beside it. */
export function single(row: Pick<Row, 'name' | 'unit' | 'gateway' | 'goal'>): Row {
  return { ...row, bare: null, gatewayRate: null, bareRate: null }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]]
  return ((low ?? 0) + (high ?? 0)) / 2
}
