/** Who said what about a key, and who won: the answer to "why does my token not work". */
import type { OutsideOffer } from './overrides.ts'

export interface Offer {
  readonly from: OutsideOffer['from'] | 'config' | 'credentials' | 'default'
  /** In words: `environment variable X`, `openclaw.json:7`, `--port`. */
  readonly source: string
  /** As given; for a secret setting this is the secret. */
  readonly value: unknown
  readonly won: boolean
  /** The file names only where it is: a variable, or a reference. */
  readonly elsewhere?: true
}

interface Told {
  readonly outside: readonly OutsideOffer[]
  /** What the file says; `undefined` value when it says nothing. */
  readonly config: { readonly source: string; readonly value: unknown; readonly elsewhere?: true }
  /** What `openclaw login` keeps. */
  readonly login: { readonly source: string; readonly value: string } | null
  readonly fallback: unknown
}

/** The winner first; an offer that lost keeps its place in the order of precedence. */
export function offersOf({ outside, config, login, fallback }: Told): readonly Offer[] {
  const all = [
    ...outside,
    ...(config.value === undefined ? [] : [{ from: 'config' as const, ...config }]),
    ...(login === null ? [] : [{ from: 'credentials' as const, ...login }]),
    ...(fallback === undefined
      ? []
      : [{ from: 'default' as const, source: 'default', value: fallback }]),
  ]
  return all.map((offer, at) => ({ ...offer, won: at === 0 }))
}
