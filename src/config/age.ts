/** Files that only whoever holds an identity can read, in the format of the `age` command (age-encryption.org/v1). */
import { messageOf } from '../core/errors.ts'

export type Unsealed =
  | { readonly kind: 'text'; readonly text: string }
  /** In words, without anything of what the file or the identity holds. */
  | { readonly kind: 'failed'; readonly why: string }

export type Identities =
  | { readonly kind: 'identities'; readonly lines: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string }

export interface NewIdentity {
  /** Text of an identity file, as `age-keygen` writes it. */
  readonly text: string
  /** `age1…`: who encrypts to it needs no secret. */
  readonly recipient: string
}

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Loaded when there is something to open, and no sooner. */
const age = () => import('age-encryption')

/** The identities of a file as `age-keygen` writes it. */
export function identitiesIn(text: string): Identities {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (text.startsWith('age-encryption.org/') || text.startsWith(ARMOR))
    return failed('is itself encrypted; `age -d` of it gives one that a gateway can use')
  if (lines.length === 0) return failed('holds no identity')
  const foreign = lines.some((line) => !/^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line))
  return foreign
    ? failed('is no age identity: lines of AGE-SECRET-KEY-1… are, keys of SSH are not')
    : { kind: 'identities', lines }
}

export async function makeIdentity(now: number): Promise<NewIdentity> {
  const { generateX25519Identity, identityToRecipient } = await age()
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const head = `# created: ${new Date(now).toISOString()}\n# public key: ${recipient}\n`
  return { text: `${head}${identity}\n`, recipient }
}

export type Recipients =
  | { readonly kind: 'recipients'; readonly recipients: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string }

/** Who can open what is encrypted to these identities. */
export async function recipientsOf(identities: readonly string[]): Promise<Recipients> {
  const { identityToRecipient } = await age()
  try {
    const recipients = await Promise.all(identities.map((line) => identityToRecipient(line)))
    return { kind: 'recipients', recipients }
  } catch {
    return failed('holds a line that is no identity: a letter is missing or wrong')
  }
}

export type Sealed =
  | { readonly kind: 'sealed'; readonly bytes: Buffer }
  | { readonly kind: 'failed'; readonly why: string }

/** Every one of the recipients can open it. */
export async function seal(text: string, recipients: readonly string[]): Promise<Sealed> {
  const { Encrypter } = await age()
  const encrypter = new Encrypter()
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient)
    } catch {
      return failed(`${recipient} is no recipient: a letter is missing or wrong`)
    }
  }
  return { kind: 'sealed', bytes: Buffer.from(await encrypter.encrypt(text)) }
}

/** `bytes`: binary, or with armor (`age -a`). */
export async function unseal(bytes: Buffer, identities: readonly string[]): Promise<Unsealed> {
  const { Decrypter, armor } = await age()
  const decrypter = new Decrypter()
  try {
    for (const identity of identities) decrypter.addIdentity(identity)
  } catch {
    return failed('the identity holds a line that is none: a letter is missing or wrong')
  }
  if (readersOf(bytes) === null) return failed('it is no file of age, or is damaged')
  try {
    const armored = bytes.subarray(0, ARMOR.length).toString('latin1') === ARMOR
    const binary = armored ? armor.decode(bytes.toString('latin1')) : bytes
    const plain = await decrypter.decrypt(new Uint8Array(binary))
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(plain) }
  } catch (error) {
    return failed(reasonOf(error, bytes))
  }
}

function reasonOf(error: unknown, bytes: Buffer): string {
  if (error instanceof TypeError) return 'what it holds is not UTF-8 text'
  if (!messageOf(error).startsWith('no identity matched')) return 'it is damaged'
  return headerOf(bytes)?.includes('-> scrypt ') === true
    ? 'it is encrypted with a passphrase, and a gateway has nobody to ask; `age -d` opens it'
    : 'it was encrypted to other identities than these'
}

/** How many can open it; `null` for what is no age file. Padding that other programs add is none (`…-grease`). */
export function readersOf(bytes: Buffer): number | null {
  const header = headerOf(bytes)
  if (header === null) return null
  const stanzas = header.split('\n').filter((line) => line.startsWith('-> '))
  return stanzas.filter((line) => !/^-> \S*-grease( |$)/.test(line)).length
}

/** Text of the header, as far as its MAC. */
function headerOf(bytes: Buffer): string | null {
  const text = bytes.toString('latin1')
  const plain = text.startsWith(ARMOR)
    ? Buffer.from(text.split(/\r?\n/).slice(1, -1).join(''), 'base64').toString('latin1')
    : text
  const end = plain.indexOf('\n--- ')
  return plain.startsWith('age-encryption.org/v1\n') && end !== -1 ? plain.slice(0, end) : null
}

function failed(why: string): { readonly kind: 'failed'; readonly why: string } {
  return { kind: 'failed', why }
}
