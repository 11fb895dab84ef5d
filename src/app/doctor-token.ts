/** `openclaw doctor --generate-gateway-token`: a token where none is, never shown (S1). */
import type { TokenEnd } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { modeInForce } from '../config/derived.ts'
import { editConfig } from '../config/edit.ts'
import { newTokenIn } from '../config/first-start.ts'
import { valueAt } from '../config/key-path.ts'
import { load, type Loaded } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { configHost } from '../host/config-host.ts'

const TOKEN = ['gateway', 'auth', 'token'] as const
const FLAT_TOKEN = ['gateway', 'token'] as const

/** `force`: one that stands in the config file is written over. */
export async function generateToken(io: Io, force: boolean): Promise<TokenEnd> {
  const request = { variables: io.env, flags: {}, host: configHost(io.env) }
  const loaded = await load({ ...request, missing: 'omit' })
  if (loaded.kind === 'refused') return no(loaded.problems.map(problemText).join('; '))
  const standing = inTheWay(loaded, force)
  if (standing !== null) return standing
  const edited = await editConfig(request, (tree) => {
    // Somebody else may have been first; a variable that this shell lacks is a token as well.
    const taken = valueAt(tree, TOKEN) ?? valueAt(tree, FLAT_TOKEN)
    return taken !== undefined && !force ? [] : newTokenIn(loaded)
  })
  if (edited.kind === 'refused') return no(edited.problems.map(problemText).join('; '))
  if (edited.changed) return { kind: 'made', file: edited.location.file }
  return kept(`a token stands in ${edited.location.file} already, and cannot be read from here`)
}

function inTheWay(loaded: Loaded, force: boolean): TokenEnd | null {
  const { value: mode, because } = modeInForce(loaded.config)
  if (mode !== 'token')
    return no(
      `gateway.auth.mode is ${mode}${because === null ? '' : ` (${because})`}, which takes no token: openclaw config set gateway.auth.mode token first`,
    )
  const [offer] = loaded.offers(TOKEN)
  if (offer === undefined) return null
  if (offer.from !== 'config' && force)
    return no(`the token comes from ${offer.source}, which wins over the file: change it there`)
  if (force) return null
  return kept(
    `there is a token already, from ${offer.source}. \`openclaw token rotate\` gives a new one without cutting anybody off; --force writes a new one over it, and whoever has the old one is out`,
  )
}

function no(message: string): TokenEnd {
  return { kind: 'refused', message }
}

function kept(message: string): TokenEnd {
  return { kind: 'kept', message }
}
