/** Repairs of the config file: names of keys, and its own name. What it means must stay the same, for everybody. */
import { readFile, rename } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Io } from '../cli/types.ts'
import { ALIASES, canonical } from '../config/aliases.ts'
import type { Change } from '../config/apply-changes.ts'
import { formatOf, parseDocument } from '../config/document.ts'
import { dryEdit } from '../config/dry-edit.ts'
import { editConfig, type Plan } from '../config/edit.ts'
import { valueAt } from '../config/key-path.ts'
import { load, type Loaded, type LoadResult } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import { withoutSecrets } from '../config/view.ts'
import { yamlAsJson5 } from '../config/yaml-as-json5.ts'
import { configHost } from '../host/config-host.ts'
import { syncFolder } from '../host/replace-file.ts'
import { freeName } from '../recover/aside.ts'
import { newlyAllowed } from './widened-access.ts'

/** Resolves to what was done, in words; rejects with why not. */
export async function nameKeys(file: string, io: Io): Promise<string> {
  const request = { variables: io.env, flags: {}, host: configHost(io.env) }
  const tried = await dryEdit(request, nameEach)
  if (tried.edited.kind === 'refused')
    throw new Error(tried.edited.problems.map(problemText).join('; '))
  await mustMeanTheSame(await loadFrom(io), tried.edited.now, io)
  const edited = await editConfig(request, nameEach)
  if (edited.kind === 'refused') throw new Error(edited.problems.map(problemText).join('; '))
  return `${file}: keys have their present names; the file of before is ${basename(file)}.bak`
}

/** `withAliases` takes the flat one away as soon as the key it means is set. */
const nameEach: Plan = (tree) => {
  const plain = canonical(tree).tree
  return ALIASES.filter(({ flat }) => valueAt(tree, flat) !== undefined).flatMap(
    ({ means: [path] }): readonly Change[] =>
      path === undefined ? [] : [{ kind: 'set', path, value: valueAt(plain, path) }],
  )
}

/** The new file first: whoever starts in between finds two files, and refuses to guess (SPEC 1). */
export async function moveConfig(
  { from, to }: { readonly from: string; readonly to: string },
  io: Io,
): Promise<string> {
  const host = configHost(io.env)
  const lock = await host.lock(`${from}.lock`)
  if (lock.kind === 'failed') throw new Error(lock.why)
  try {
    if (existsSync(to))
      throw new Error(`${to} is there already: move what you need into one of the two`)
    const text = await asJson5(from)
    const read = async (path: string) =>
      path === to ? ({ kind: 'text', text } as const) : host.read(path)
    const candidate = await load({
      variables: io.env,
      flags: { config: to },
      host: { ...host, read },
      missing: 'omit',
    })
    await mustMeanTheSame(await loadFrom(io), candidate, io)
    const written = await host.write(to, text)
    if (written.kind === 'failed') throw new Error(written.why)
    const backup = await freeName(`${from}.bak`, 1)
    await rename(from, backup)
    await syncFolder(dirname(from))
    return `${to} written; ${basename(from)} is ${basename(backup)} now`
  } finally {
    lock.release()
  }
}

async function asJson5(file: string): Promise<string> {
  const text = await readFile(file, 'utf8')
  if (formatOf(file, text) === 'json5') return text
  const [converted, old] = [await yamlAsJson5(text), await parseDocument('yaml', text)]
  const made = await parseDocument('json5', converted)
  const same =
    made.kind === 'parsed' && old.kind === 'parsed' && isDeepStrictEqual(made.tree, old.tree)
  if (!same) throw new Error(`${file} says something that openclaw.json cannot: move it by hand`)
  return converted
}

function loadFrom({ env }: Io): Promise<LoadResult> {
  return load({ variables: env, flags: {}, host: configHost(env), missing: 'omit' })
}

async function mustMeanTheSame(before: LoadResult, after: LoadResult, { env }: Io): Promise<void> {
  if (before.kind === 'refused' || after.kind === 'refused')
    throw new Error('the configuration cannot be read, before or after: nothing was changed')
  if (!isDeepStrictEqual(plain(before), plain(after)))
    throw new Error('the configuration would mean something else: nothing was changed')
  const gains = await newlyAllowed(before, after, env['PATH'] ?? '')
  if (gains.length > 0)
    throw new Error(`it would let in whom it does not now (${gains[0]}): nothing was changed`)
}

function plain({ config }: Loaded): unknown {
  return withoutSecrets(config, (secret) => secret.reveal())
}
