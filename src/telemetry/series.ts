/** Numbers in memory by their labels: adding is a look-up and an addition, and there is an end to how many there can be. */
import { TupleMap } from '../core/tuple-map.ts'

/** One number of a metric as it is read. `suffix`: `_bucket`, `_sum`, `_count` of a histogram; else empty. */
export interface Sample {
  readonly suffix: string
  /** Names and values in turn. */
  readonly labels: readonly string[]
  readonly value: number
}

/**
 * Labels hold words of ours, so this many are never reached; were one ever filled by a caller all the same, the rest of what
 * they make up counts together.
 */
export const MOST_SERIES = 1_000
const OTHER = 'other'

/** A number for each combination of labels. */
export class Counter {
  readonly #labels: readonly string[]
  readonly #series = new TupleMap<{ value: number }>()

  constructor(labels: readonly string[]) {
    this.#labels = labels
    if (labels.length === 0) this.add([], 0)
  }

  /** `values`: in the order of the labels. */
  add(values: readonly string[], by = 1): void {
    seriesOf(this.#series, values, () => ({ value: 0 })).value += by
  }

  samples(): readonly Sample[] {
    return [...this.#series.entries()].map(([values, { value }]) => ({
      suffix: '',
      labels: named(this.#labels, values),
      value,
    }))
  }
}

interface Spread {
  /** How many were at most this bound and above the one before; one more than there are bounds. */
  readonly counts: number[]
  sum: number
}

/** How values spread over bounds. */
export class Histogram {
  readonly #labels: readonly string[]
  readonly #bounds: readonly number[]
  readonly #series = new TupleMap<Spread>()

  /** `bounds`: rising. */
  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.#labels = labels
    this.#bounds = bounds
    if (labels.length === 0) this.#of([])
  }

  observe(values: readonly string[], value: number): void {
    const spread = this.#of(values)
    const at = this.#bounds.findIndex((bound) => value <= bound)
    const index = at < 0 ? this.#bounds.length : at
    spread.counts[index] = (spread.counts[index] ?? 0) + 1
    spread.sum += value
  }

  samples(): readonly Sample[] {
    return [...this.#series.entries()].flatMap(([values, { counts, sum }]) => {
      const labels = named(this.#labels, values)
      const total = { count: 0 }
      const buckets = counts.map((count, index) => {
        total.count += count
        const le = this.#bounds[index]?.toString() ?? '+Inf'
        return { suffix: '_bucket', labels: [...labels, 'le', le], value: total.count }
      })
      return [
        ...buckets,
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: total.count },
      ]
    })
  }

  #of(values: readonly string[]): Spread {
    return seriesOf(this.#series, values, () => ({
      counts: Array<number>(this.#bounds.length + 1).fill(0),
      sum: 0,
    }))
  }
}

function seriesOf<One>(series: TupleMap<One>, values: readonly string[], make: () => One): One {
  const known = series.get(values)
  if (known !== undefined) return known
  const kept = series.size < MOST_SERIES ? values : values.map(() => OTHER)
  const one = series.get(kept) ?? make()
  series.set(kept, one)
  return one
}

function named(labels: readonly string[], values: readonly string[]): readonly string[] {
  return labels.flatMap((label, index) => [label, values[index] ?? ''])
}
