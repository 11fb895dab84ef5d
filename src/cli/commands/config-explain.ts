/** `openclaw config explain PATH`: what a key means, which source won, and which lost. */
import { localDirectInForce, modeInForce } from '../../config/derived.ts'
import { isTree, keyText, valueAt, type KeyPath } from '../../config/key-path.ts'
import type { Loaded } from '../../config/load.ts'
import { configSchema, type Config } from '../../config/schema.ts'
import { settingAt } from '../../config/schema-walk.ts'
import type { Offer } from '../../config/sources.ts'
import { inForce, withoutSecrets } from '../../config/view.ts'
import { Secret } from '../../core/secret.ts'
import { jsonText, printableLines } from '../output.ts'
import { EXIT, type Io } from '../types.ts'
import { knownPath } from './config-path.ts'
import { readConfig, secretShower, type ConfigOptions } from './config-reading.ts'

export interface ConfigExplainArgs extends ConfigOptions {
  readonly path: string
}

export async function runConfigExplain(args: ConfigExplainArgs, io: Io): Promise<number> {
  const path = knownPath(args.path, args, io)
  if (path === null) return EXIT.no
  const loaded = await readConfig(args, io)
  if (loaded === null) return EXIT.no
  const explained = await explain(loaded, path)
  io.stdout(args.json ? `${jsonText(explained)}\n` : printableLines(words(explained)))
  return EXIT.done
}

interface Explained {
  readonly key: string
  readonly value: unknown
  readonly meaning: string
  readonly accepts: string
  readonly sources: readonly {
    readonly source: string
    readonly value: unknown
    readonly won: boolean
  }[]
  /** Why it is so where no source names a value and the default is not fixed; `null` otherwise. */
  readonly because: string | null
  readonly notes: readonly string[]
}

async function explain(loaded: Loaded, path: KeyPath): Promise<Explained> {
  const setting = settingAt(configSchema, path)
  const show = await secretShower(loaded, false)
  const offers = loaded.offers(path)
  const key = keyText(path)
  return {
    key,
    value: withoutSecrets(valueAt(inForce(loaded.config), path), show) ?? null,
    meaning: setting?.description ?? '',
    accepts: setting?.accepts ?? '',
    sources: offers.map((offer) => ({
      source: offer.source,
      value: offered(offer, path, show),
      won: offer.won,
    })),
    because: derivedBecause(loaded.config, key),
    notes: loaded.warnings
      // Without a key it is about a whole file, which may name a value that is not seen here.
      .filter((warning) => warning.key === key || warning.key === null)
      .map(({ message, fix }) => `${message}. ${fix}`),
  }
}

function derivedBecause(config: Config, key: string): string | null {
  if (key === 'gateway.auth.mode') return modeInForce(config).because
  return key === 'gateway.auth.allowLocalDirect' ? localDirectInForce(config).because : null
}

/** What a source gave, before it was parsed: here secrets are still plain text. */
function offered({ value }: Offer, path: KeyPath, show: (secret: Secret) => string): unknown {
  return withoutSecrets(marked(value, path), show)
}

function marked(value: unknown, path: KeyPath): unknown {
  if (settingAt(configSchema, path)?.kind === 'secret')
    return typeof value === 'string' ? new Secret(value) : value
  if (Array.isArray(value))
    return value.map((entry: unknown, at) => marked(entry, [...path, String(at)]))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, marked(entry, [...path, name])]),
  )
}

function words({ key, value, meaning, accepts, sources, because, notes }: Explained): string {
  const lines = [
    `${key} = ${value === null ? '(not set)' : text(value)}`,
    ...(meaning === '' ? [] : [`  ${meaning}`]),
    `  Accepted: ${accepts}`,
    ...sources.map(
      ({ source, value: given, won }) => `  ${won ? 'won ' : 'lost'}  ${source}: ${text(given)}`,
    ),
    ...(sources.length === 0
      ? [
          `  No source names a value${because === null ? '' : `; it is ${text(value)} because ${because}`}`,
        ]
      : []),
    ...notes.map((note) => `  ${note}`),
  ]
  return `${lines.join('\n')}\n`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
