/** Notices that the configuration changed: looks at its files a few times a second and waits until they are quiet. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CONFIG_NAMES, type Location } from './locate.ts'
import { loginFiles } from './logins.ts'
import { secretPaths } from './secret-files.ts'

export interface Watch {
  stop(): void
}

export interface WatchRequest {
  /** Asked at every look, since a reload may bring other files. */
  readonly files: () => readonly string[]
  /** Called once for each change that has settled; the next look waits for it. */
  readonly changed: () => Promise<void> | void
  /** Told what `changed` threw: the watch goes on. */
  readonly failed: (error: unknown) => void
  readonly everyMs?: number
}

const EVERY_MS = 250

/** The files whose change means a reload: a second config file appearing is one, too. */
export function watchedFiles({ file, dotenv, folder, stateDir }: Location): readonly string[] {
  const { sealed, plain } = secretPaths(stateDir)
  const configs = CONFIG_NAMES.map((name) => join(folder, name))
  return [...new Set([file, dotenv, sealed, plain, ...loginFiles(stateDir), ...configs])]
}

/**
 * Polling also sees what file events miss: network mounts, bind mounts into containers, and the
 * symbolic links by which Kubernetes swaps a whole folder. A few `stat` calls cost microseconds.
 */
export async function watch({
  files,
  changed,
  failed,
  everyMs = EVERY_MS,
}: WatchRequest): Promise<Watch> {
  const state = { applied: await signatureOf(files()), seen: '', stopped: false }
  state.seen = state.applied

  const look = async (): Promise<void> => {
    const now = await signatureOf(files())
    const settled = now === state.seen
    state.seen = now
    if (!settled || now === state.applied || state.stopped) return
    state.applied = now
    await changed()
  }
  const next = (): void => {
    if (state.stopped) return
    timer = setTimeout(() => void look().catch(failed).finally(next), everyMs)
    timer.unref()
  }
  let timer: NodeJS.Timeout | undefined
  next()
  return {
    stop() {
      state.stopped = true
      clearTimeout(timer)
    },
  }
}

async function signatureOf(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(files.map(async (file) => `${file} ${await signature(file)}`))
  return parts.join('\n')
}

async function signature(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch {
    return 'absent'
  }
}
