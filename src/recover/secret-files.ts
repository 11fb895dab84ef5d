/** `.secrets.age`, `.secrets` and what `openclaw login` keeps: what cannot be read is moved aside, since a start refuses it. */
import { load } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { isNo, unsetSecret } from '../config/secrets-change.ts'
import { secretsPlace } from '../config/secrets-store.ts'
import { withoutVariable } from '../config/variable-lines.ts'
import { withoutIt } from './dotenv.ts'
import { shortName } from './known-places.ts'
import { UNTIL_ALLOWED } from './narrow.ts'
import type { Fault, Place, Step } from './types.ts'

export const secretFiles: Step = { name: 'secrets', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const loaded = await load(place.request)
  return loaded.kind === 'loaded' ? [] : loaded.problems.filter(isOfSecretFile).map(faultOf(place))
}

export function isOfSecretFile({ code }: Problem): boolean {
  return code === 'secrets_unopened' || code === 'login_unreadable'
}

function faultOf(place: Place) {
  return ({ code, where, message, fix }: Problem): Fault => {
    const path = where?.source ?? ''
    const login = code === 'login_unreadable'
    return {
      kind: 'repairable',
      what: `${shortName(place, path)} ${message}`,
      remedy: login
        ? 'moved aside'
        : 'moved aside; what it decided is unknown, so the gateway is kept to this host',
      next: login
        ? '`openclaw login` keeps a key again'
        : `Then move it back. ${fix}; then open the gateway with \`openclaw config set gateway.bind …\``,
      async repair() {
        if (!login) await withoutIt(place)
        await place.aside.move(path)
        return null
      },
    }
  }
}

/** Of `/…/.secrets.age NAME`, as a source is written: the file and the name; `null` for other sources. */
export function secretSource(source: string): { file: string; name: string } | null {
  const [, file, name] = /^(.*\/\.secrets(?:\.age)?) (\w+)$/.exec(source) ?? []
  return file === undefined || name === undefined ? null : { file, name }
}

/** A variable in it keeps the gateway from starting; the others stay. */
export function secretToRemove(
  place: Place,
  what: string,
  { file, name }: { readonly file: string; readonly name: string },
): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: `${name} is removed from ${shortName(place, file)}, of which a copy is kept, and the gateway kept to this host`,
    next: `Set it again: \`openclaw secrets set ${name}\`; then open the gateway with \`openclaw config set gateway.bind …\`. ${UNTIL_ALLOWED}`,
    async repair() {
      await place.aside.copy(file)
      await withoutIt(place)
      await (file.endsWith('.age') ? unseal(place, name) : unwrite(place, file, name))
      return null
    },
  }
}

async function unseal({ request }: Place, name: string): Promise<void> {
  const found = await secretsPlace(request)
  const end = found.kind === 'no' ? found : await unsetSecret(found.place, name)
  if (isNo(end)) throw new Error(end.message)
}

async function unwrite({ request: { host } }: Place, file: string, name: string): Promise<void> {
  const read = await host.read(file)
  if (read.kind !== 'text') throw new Error(`${file} cannot be read`)
  const written = await host.write(file, withoutVariable(read.text, name))
  if (written.kind === 'failed') throw new Error(written.why)
}
