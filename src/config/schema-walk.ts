/** Asks the schema about one key: what it is called, what it takes, whether it is secret. */
import * as z from 'zod'
import type { KeyPath } from './key-path.ts'

export type SettingKind =
  | 'group'
  | 'map'
  | 'list'
  | 'secret'
  | 'path'
  | 'text'
  | 'choice'
  | 'number'
  | 'boolean'
  | 'any'

export interface Setting {
  /** `*` stands for any name in a map and any position in a list. */
  readonly path: KeyPath
  readonly kind: SettingKind
  readonly description: string
  /** In words: what a value may be. */
  readonly accepts: string
  /** As written in a file; `undefined` when there is none. */
  readonly fallback: unknown
}

interface Bare {
  readonly schema: z.core.$ZodType
  readonly meta: Readonly<Record<string, unknown>>
  readonly fallback: unknown
}

/** Takes defaults, optionals and transforms off; the outermost description and default are the ones meant. */
function bare(schema: z.core.$ZodType): Bare {
  const meta = z.globalRegistry.get(schema) ?? {}
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const inner = bare(schema.unwrap())
    return { ...inner, meta: { ...inner.meta, ...meta }, fallback: schema.def.defaultValue }
  }
  if (schema instanceof z.ZodOptional) return under(bare(schema.unwrap()), meta)
  if (schema instanceof z.ZodPipe) return under(bare(schema.in), meta)
  return { schema, meta, fallback: undefined }
}

function under(inner: Bare, meta: Readonly<Record<string, unknown>>): Bare {
  return { ...inner, meta: { ...inner.meta, ...meta } }
}

function child(schema: z.core.$ZodType, step: string): z.core.$ZodType | null {
  const inner = bare(schema).schema
  if (inner instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape
    return Object.hasOwn(shape, step) ? (shape[step] ?? null) : null
  }
  if (inner instanceof z.ZodRecord) return inner.valueType
  if (inner instanceof z.ZodArray) return /^(\d+|\*)$/.test(step) ? inner.element : null
  return null
}

/** The setting that `path` names; `null` when there is no such key. */
export function settingAt(root: z.core.$ZodType, path: KeyPath): Setting | null {
  const found = path.reduce<z.core.$ZodType | null>(
    (at, step) => (at === null ? null : child(at, step)),
    root,
  )
  return found === null ? null : describe(found, path)
}

/** What the names in the map at `path` may be; `null` where it is none, or says nothing. */
export function keyAccepts(root: z.core.$ZodType, path: KeyPath): string | null {
  const found = path.reduce<z.core.$ZodType | null>(
    (at, step) => (at === null ? null : child(at, step)),
    root,
  )
  const inner = found === null ? null : bare(found).schema
  return inner instanceof z.ZodRecord ? (describe(inner.keyType, path).accepts ?? null) : null
}

/** Names directly below `path`; empty where any name is possible, or none. */
export function namesAt(root: z.core.$ZodType, path: KeyPath): readonly string[] {
  const found = path.reduce<z.core.$ZodType | null>(
    (at, step) => (at === null ? null : child(at, step)),
    root,
  )
  const inner = found === null ? null : bare(found).schema
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

/** Every setting in the order of the schema, groups before what they hold. */
export function settings(root: z.core.$ZodType, path: KeyPath = []): readonly Setting[] {
  const own = path.length === 0 ? [] : [describe(root, path)]
  return [...own, ...steps(root).flatMap(([step, schema]) => settings(schema, [...path, step]))]
}

function steps(schema: z.core.$ZodType): readonly (readonly [string, z.core.$ZodType])[] {
  const inner = bare(schema).schema
  if (inner instanceof z.ZodObject) return Object.entries<z.core.$ZodType>(inner.shape)
  const item =
    inner instanceof z.ZodRecord
      ? inner.valueType
      : inner instanceof z.ZodArray
        ? inner.element
        : null
  return item !== null && bare(item).schema instanceof z.ZodObject ? [['*', item]] : []
}

function describe(schema: z.core.$ZodType, path: KeyPath): Setting {
  const { meta, fallback, schema: inner } = bare(schema)
  const { description, accepts } = meta
  return {
    path,
    kind: kindOf(inner, meta),
    description: typeof description === 'string' ? description : '',
    accepts: typeof accepts === 'string' ? accepts : acceptsOf(inner),
    fallback,
  }
}

function kindOf(inner: z.core.$ZodType, meta: Readonly<Record<string, unknown>>): SettingKind {
  if (meta['writeOnly'] === true) return 'secret'
  if (meta['format'] === 'path') return 'path'
  if (inner instanceof z.ZodObject) return 'group'
  if (inner instanceof z.ZodRecord) return 'map'
  if (inner instanceof z.ZodArray) return 'list'
  if (inner instanceof z.ZodEnum) return 'choice'
  if (inner instanceof z.ZodNumber) return 'number'
  if (inner instanceof z.ZodBoolean) return 'boolean'
  return inner instanceof z.ZodString ? 'text' : 'any'
}

function acceptsOf(inner: z.core.$ZodType): string {
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(', ')}`
  if (inner instanceof z.ZodNumber)
    return `a whole number from ${inner.minValue} to ${inner.maxValue}`
  if (inner instanceof z.ZodBoolean) return 'true or false'
  if (inner instanceof z.ZodArray)
    return `a list; each entry ${describe(inner.element, []).accepts}`
  if (inner instanceof z.ZodObject) return `an object with ${Object.keys(inner.shape).join(', ')}`
  if (inner instanceof z.ZodRecord) return 'an object'
  return 'a string'
}
