/** What can be done to the secrets of the state dir: one set, one removed, all encrypted, all decrypted (SPEC 8). */
import { isRedactionMarker } from './fields.ts'
import {
  changeSecrets,
  no,
  readSecrets,
  variablesOf,
  type Changed,
  type No,
  type SecretsPlace,
} from './secrets-store.ts'
import { isVariableName, withoutVariable, withVariable } from './variable-lines.ts'

/** What a key, a certificate or a password needs. */
const MAX_VALUE = 64 * 1024

export async function setSecret(
  place: SecretsPlace,
  name: string,
  value: string,
): Promise<Changed> {
  const fault = nameFault(name) ?? valueFault(value)
  if (fault !== null) return no(fault)
  return changeSecrets(place, ({ sealed }) => ({
    kind: 'text',
    text: withVariable(sealed ?? '', name, value),
  }))
}

export async function unsetSecret(place: SecretsPlace, name: string): Promise<Changed> {
  const fault = nameFault(name)
  if (fault !== null) return no(fault)
  const { paths } = place
  return changeSecrets(place, ({ sealed, plain }) => {
    const [encrypted, open] = [variablesOf(paths.sealed, sealed), variablesOf(paths.plain, plain)]
    if (isNo(open)) return open
    if (open.has(name)) return no(`${name} stands in ${paths.plain}: delete its line there`)
    if (isNo(encrypted)) return encrypted
    if (!encrypted.has(name)) return no(`there is no secret ${name}: \`openclaw secrets list\``)
    return { kind: 'text', text: withoutVariable(sealed ?? '', name) }
  })
}

export function isNo(value: object): value is No {
  return 'kind' in value && value.kind === 'no'
}

function nameFault(name: string): string | null {
  return isVariableName(name)
    ? null
    : 'a secret is named like an environment variable: letters, digits and _, such as ANTHROPIC_API_KEY'
}

function valueFault(value: string): string | null {
  if (value.trim() === '') return 'the value is empty; nothing was changed'
  if (value.includes('\0')) return 'the value holds a zero byte; nothing was changed'
  if (value.includes('\uFFFD')) return 'the value is not UTF-8 text; nothing was changed'
  if (value.length > MAX_VALUE) return 'the value is longer than 64 KiB; nothing was changed'
  return isRedactionMarker(value)
    ? 'the value is a redaction marker, not the secret that it stands for; nothing was changed'
    : null
}

/**
 * The plain file goes once the encrypted one is on the disk and was opened again. `overwrite`: where a name has
 * two values, the plain one counts.
 */
export async function encryptSecrets(
  place: SecretsPlace,
  { overwrite }: { readonly overwrite: boolean },
): Promise<Changed> {
  const { host, paths } = place
  const taken: { text: string | null } = { text: null }
  const written = await changeSecrets(place, ({ sealed, plain }) => {
    if (plain === null) return no(`there is no ${paths.plain} to encrypt`)
    taken.text = plain
    return merged(place, { sealed, plain, overwrite })
  })
  if (written.kind === 'no') return written
  const now = await host.read(paths.plain)
  if (now.kind === 'text' && now.text !== taken.text)
    return no(`${paths.plain} was changed meanwhile and stays: \`openclaw secrets encrypt\` again`)
  const removed = await host.remove(paths.plain)
  return removed.kind === 'failed' ? no(removed.why) : written
}

interface Both {
  readonly sealed: string | null
  readonly plain: string
  readonly overwrite: boolean
}

/** What is encrypted already stays; a name that has two values is for its owner to decide. */
function merged(
  { paths }: SecretsPlace,
  { sealed, plain, overwrite }: Both,
): { readonly kind: 'text'; readonly text: string } | No {
  const [encrypted, open] = [variablesOf(paths.sealed, sealed), variablesOf(paths.plain, plain)]
  if (isNo(open)) return open
  if (sealed === null) return { kind: 'text', text: plain }
  if (isNo(encrypted)) return encrypted
  const differing = [...open].filter(([name, value]) => (encrypted.get(name) ?? value) !== value)
  if (differing.length > 0 && !overwrite) {
    const names = differing.map(([name]) => name).join(', ')
    return no(
      `${names}: another value is encrypted in ${paths.sealed}. \`openclaw secrets encrypt --overwrite\` takes those of ${paths.plain}; else delete their lines there`,
    )
  }
  const text = [...open].reduce((at, [name, value]) => withVariable(at, name, value), sealed)
  return { kind: 'text', text }
}

export type Decrypted = { readonly kind: 'text'; readonly text: string } | No

export async function decryptSecrets(place: SecretsPlace): Promise<Decrypted> {
  const kept = await readSecrets(place)
  if (kept.kind === 'no') return kept
  return kept.sealed === null
    ? no(`there is no ${place.paths.sealed} to decrypt`)
    : { kind: 'text', text: kept.sealed }
}

/** `.secrets` for everybody's tools; `.secrets.age` stays. */
export async function writePlain(place: SecretsPlace, text: string): Promise<Changed> {
  const { host, paths } = place
  const there = await host.read(paths.plain)
  if (there.kind === 'refused') return no(`${paths.plain} ${there.why}. ${there.fix}`)
  if (there.kind === 'text' && there.text !== text)
    return no(`${paths.plain} is there and holds something else: move it away first`)
  const written = await host.write(paths.plain, text)
  return written.kind === 'failed' ? no(written.why) : { kind: 'changed' }
}
