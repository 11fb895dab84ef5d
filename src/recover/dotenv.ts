/** `.env` of the state dir: lines that say nothing are moved aside, the others stay. */
import { lstat } from 'node:fs/promises'
import { parseDotenv } from '../config/dotenv.ts'
import { newToken } from '../core/ids.ts'
import { shortName } from './known-places.ts'
import { planWithoutDotenv } from './plan-config.ts'
import type { Fault, Place, Step } from './types.ts'
import { changeConfig, configLocation } from './write-config.ts'

export const dotenv: Step = { name: 'env', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const location = configLocation(place)
  if (location === null) return []
  const path = location.dotenv
  const read = await place.request.host.read(path)
  if (read.kind === 'refused') return [gone(place, path, read.why)]
  if (read.kind === 'absent') {
    const entry = await lstat(path).catch(() => null)
    return entry === null ? [] : [gone(place, path, 'is a symbolic link to nothing')]
  }
  const lines = read.text.split(/\r?\n/)
  const wrong = lines.flatMap((line, at) => (isReadable(line) ? [] : [at]))
  return wrong.length === 0 ? [] : [unreadable(place, path, { lines, wrong })]
}

/** No value spans lines, so a line can be judged by itself. */
function isReadable(line: string): boolean {
  return parseDotenv(line).kind === 'parsed'
}

function gone(place: Place, path: string, why: string): Fault {
  return {
    kind: 'repairable',
    what: `${shortName(place, path)} ${why}`,
    remedy: 'moved aside; what it decided is unknown, so the gateway is kept to this host',
    next: 'Set again what stood in it; then open the gateway with `openclaw config set gateway.bind …`. A secret in the configuration that it may have overruled was replaced',
    async repair() {
      await withoutIt(place)
      await place.aside.move(path)
      return null
    },
  }
}

function unreadable(
  place: Place,
  path: string,
  { lines, wrong }: { readonly lines: readonly string[]; readonly wrong: readonly number[] },
): Fault {
  const numbers = wrong.map((at) => at + 1).join(', ')
  const decisive = wrong.some((at) => /OPENCLAW/i.test(lines[at] ?? ''))
  return {
    kind: 'repairable',
    what: `${shortName(place, path)}: line ${numbers} is no variable`,
    remedy: decisive
      ? 'moved aside, and the rest kept; what it decided is unknown, so the gateway is kept to this host'
      : 'moved aside, and the rest kept',
    next: 'Set that variable again: NAME=value, quotes closed',
    async repair() {
      await place.aside.copy(path)
      if (decisive) await withoutIt(place)
      const kept = lines.filter((_, at) => !wrong.includes(at)).join('\n')
      const written = await place.request.host.write(path, kept)
      if (written.kind === 'failed') throw new Error(written.why)
      return null
    },
  }
}

/** The configuration first: killed in between, the gateway is closed rather than open. */
export async function withoutIt(place: Place): Promise<void> {
  const made = newToken()
  await changeConfig(place, (tree) => planWithoutDotenv(tree, made))
  place.made.add('gateway.auth.token')
}
