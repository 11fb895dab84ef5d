/** Changes one entry in the text of an API key file and keeps everything else that stands in it. */

/** The members of one entry that a change writes. */
export type EntryChange = Readonly<Record<string, string | number | null | readonly string[]>>

type Json = Record<string, unknown>

/** A file that does not exist yet has text `''`. The text must be one that was parsed without a problem. */
export function addEntry(text: string, entry: EntryChange): string {
  const file = fileOf(text)
  return textOf({ ...file, keys: [...entriesOf(file), entry] })
}

/** `drop`: members that go, such as a key in plain text when its digest comes. */
export function changeEntry(
  text: string,
  id: string,
  change: { readonly set: EntryChange; readonly drop: readonly string[] },
): string {
  const file = fileOf(text)
  const keys = entriesOf(file).map((entry) =>
    isObject(entry) && entry['id'] === id ? changed(entry, change) : entry,
  )
  return textOf({ ...file, keys })
}

function changed(
  entry: Json,
  { set, drop }: { readonly set: EntryChange; readonly drop: readonly string[] },
): Json {
  const kept = Object.entries(entry).filter(([name]) => !drop.includes(name))
  return { ...Object.fromEntries(kept), ...set }
}

function fileOf(text: string): Json {
  const file: unknown = text === '' ? { keys: [] } : JSON.parse(text)
  if (!isObject(file)) throw new TypeError('an API key file must be an object')
  return file
}

function entriesOf(file: Json): readonly unknown[] {
  const { keys } = file
  return Array.isArray(keys) ? keys : []
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(file: Json): string {
  return `${JSON.stringify(file, null, 2)}\n`
}
