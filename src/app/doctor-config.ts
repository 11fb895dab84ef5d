/** What the configuration says, and what stands in the way of a start with it. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Io } from '../cli/types.ts'
import { ALIASES } from '../config/aliases.ts'
import { formatOf, parseDocument } from '../config/document.ts'
import { keyText, valueAt } from '../config/key-path.ts'
import type { Loaded, LoadResult } from '../config/load.ts'
import { CONFIG_NAMES } from '../config/locate.ts'
import { OVERRIDES } from '../config/overrides.ts'
import type { Problem } from '../config/problem.ts'
import { configSchema } from '../config/schema.ts'
import { settingAt } from '../config/schema-walk.ts'
import { startRules } from '../config/start-rules.ts'
import { systemClock } from '../core/clock.ts'
import type { ConfigFact, FlatKeyFact, ShadowFact } from '../doctor/types.ts'
import { prepareStateDir } from '../host/state-dir.ts'
import { openApiKeysFile } from '../storage/api-keys-file.ts'
import { isOpen } from './exposure.ts'
import { keysLikeSecrets } from './key-classes.ts'
import { placeFor } from './recover-place.ts'

interface Where {
  readonly stateDir: string
  readonly io: Io
}

export async function configFact(loaded: LoadResult, where: Where): Promise<ConfigFact> {
  const folder = folderProblems(where.stateDir)
  if (loaded.kind === 'refused')
    return { kind: 'refused', problems: [...loaded.problems, ...folder] }
  const { config, location, text } = loaded
  const unresolved = loaded.warnings.filter(
    ({ code }) => code === 'missing_variable' || code === 'unresolved_secret',
  )
  return {
    kind: 'loaded',
    file: location.file,
    exists: text !== null,
    ownName: ownNameOf(loaded, where.io),
    bind: config.gateway.bind,
    // What is missing here is missing in the rules as well, and would be said twice.
    problems: [...folder, ...(unresolved.length > 0 ? [] : await startProblems(loaded, where))],
    unresolved,
    flatKeys: await flatKeysIn(loaded),
    shadowed: shadowedIn(loaded),
  }
}

/** Nothing is made: a state dir that is not there comes with the first start. */
function folderProblems(stateDir: string): readonly Problem[] {
  if (!existsSync(stateDir)) return []
  const state = prepareStateDir(stateDir, process.getuid?.() ?? null)
  return state.kind === 'ready' ? [] : [unreadable(state.message)]
}

async function startProblems(
  { config }: Loaded,
  { stateDir, io }: Where,
): Promise<readonly Problem[]> {
  const remote = config.gateway.mode === 'remote'
  const { keyRules } = placeFor(stateDir, io, systemClock())
  const { enabled, file: path } = config.security.apiKeys
  const opened = enabled
    ? await openApiKeysFile({ path, strict: isOpen(config), ...keyRules })
    : null
  const shared = opened?.kind === 'opened' ? keysLikeSecrets(config, opened.keys) : []
  const rules = startRules(config, shared).problems
  return [
    // That is no fault of whoever means another machine's gateway.
    ...rules.filter(({ code }) => !(remote && code === 'remote_mode')),
    ...(opened?.kind === 'refused' ? [unreadable(opened.problem)] : []),
  ]
}

function unreadable(message: string): Problem {
  const fix = 'openclaw recover --dry-run says what can be mended'
  return { code: 'unreadable', key: null, where: null, message, fix }
}

/** Whoever names a file by OPENCLAW_CONFIG_PATH means that one. */
function ownNameOf({ location, text }: Loaded, { env }: Io): string | null {
  const [own, ...older] = CONFIG_NAMES
  const named = (env['OPENCLAW_CONFIG_PATH'] ?? '').trim() !== ''
  const old = older.some((name) => name === basename(location.file))
  return text !== null && old && !named ? join(location.folder, own) : null
}

async function flatKeysIn({ location, text }: Loaded): Promise<readonly FlatKeyFact[]> {
  if (text === null) return []
  const parsed = await parseDocument(formatOf(location.file, text), text)
  if (parsed.kind === 'malformed') return []
  return ALIASES.flatMap(({ flat, means: [means = []] }) => {
    const value = valueAt(parsed.tree, flat)
    if (value === undefined) return []
    const undecided = flat.at(-1) === 'host' && typeof value === 'string' && value.includes('${')
    return [{ flat: keyText(flat), means: keyText(means), undecided }]
  })
}

function shadowedIn(loaded: Loaded): readonly ShadowFact[] {
  return OVERRIDES.flatMap(({ path }) => {
    if (settingAt(configSchema, path)?.kind !== 'secret') return []
    const [winner, ...losers] = loaded.offers(path)
    const loser = losers.find(({ from, value }) => from !== 'default' && value !== winner?.value)
    if (winner === undefined || loser === undefined) return []
    return [{ key: keyText(path), winner: winner.source, loser: loser.source }]
  })
}
