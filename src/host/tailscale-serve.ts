/**
 * `gateway.tailscale.mode`: lets `tailscale serve` or `tailscale funnel` forward to a loopback port of ours,
 * and takes back exactly that. Whatever else the owner serves on this machine is left alone.
 *
 * What we set is noted in a file before it is set, so that the next start recognises what a killed gateway left behind.
 */
import { readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from './replace-file.ts'
import { HTTPS_PORT, readServeConfig, type ServeConfig } from './tailscale-serve-config.ts'
import type { CommandResult, TailscaleCommand } from './tailscale-command.ts'
import { jsonOf } from '../core/json.ts'

export type ServeMode = 'serve' | 'funnel'

export type ServeResult =
  | { readonly kind: 'done' }
  /** `message` says what stands in the way and what to do. */
  | { readonly kind: 'refused'; readonly message: string }

export interface TailscaleServe {
  /** Forwards `https://<this node>/` to `http://127.0.0.1:<port>`. */
  start(mode: ServeMode, port: number): Promise<ServeResult>
  /** Undoes {@link start}, or what an earlier gateway on this state dir left; does nothing when there is nothing of ours. */
  stop(): Promise<ServeResult>
}

/** Asking for a certificate the first time takes a while. */
export const SERVE_COMMAND = { timeoutMs: 30_000, maxBytes: 1_048_576 } as const

/** `noteFile`: where to note what was set, in the state dir. */
export function tailscaleServe({
  command,
  noteFile,
}: {
  readonly command: TailscaleCommand
  readonly noteFile: string
}): TailscaleServe {
  return {
    async start(mode, port) {
      const config = await readServeConfig(command)
      if (config.kind === 'unreadable') return refused(mode, config.message)

      const left = leftover(config, readNote(noteFile))
      const obstacle = obstacleTo(mode, config, left)
      if (obstacle !== null) return refused(mode, obstacle)

      const target = `http://127.0.0.1:${port}`
      // Both are noted: whichever of them a crash leaves in place is ours.
      const noted = await replaceFile(
        noteFile,
        JSON.stringify({ mode, targets: [target, ...left] }),
      )
      if (noted.kind === 'failed') return refused(mode, noted.why)

      const result = await command([mode, '--bg', '--yes', ...ENTRY, target])
      if (result.kind === 'done') return { kind: 'done' }
      return refused(mode, messageOf(result))
    },

    async stop() {
      const note = readNote(noteFile)
      if (note === null) return { kind: 'done' }

      const config = await readServeConfig(command)
      if (config.kind === 'unreadable') return leftBehind(note.mode, config.message)
      if (leftover(config, note).length > 0) {
        const result = await command([note.mode, '--yes', ...ENTRY, 'off'])
        if (result.kind !== 'done') return leftBehind(note.mode, messageOf(result))
      }
      rmSync(noteFile, { force: true })
      return { kind: 'done' }
    },
  }
}

/** Named in full both ways: without a path, `off` would remove every path on the port. */
const ENTRY = [`--https=${HTTPS_PORT}`, '--set-path=/'] as const

const NOTE = z.object({ mode: z.enum(['serve', 'funnel']), targets: z.array(z.string()) })
type Note = z.output<typeof NOTE>

/** A note that cannot be read is no note: then nothing counts as ours, and nothing is removed. */
export function readNote(noteFile: string): Note | null {
  try {
    return NOTE.safeParse(jsonOf(readFileSync(noteFile, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** What the root of the port leads to, when it was us who set that. */
function leftover({ root }: ServeConfig, note: Note | null): readonly string[] {
  return root !== null && note !== null && note.targets.includes(root) ? [root] : []
}

/** What of the owner's own would be replaced, or exposed, by serving on this port. */
function obstacleTo(mode: ServeMode, config: ServeConfig, left: readonly string[]): string | null {
  if (config.tcp) return `port ${HTTPS_PORT} already forwards TCP`
  if (config.root !== null && left.length === 0)
    return `https port ${HTTPS_PORT} already serves "/" from ${config.root}`
  if (mode === 'funnel' && config.otherPaths.length > 0) {
    return `funnel would show ${config.otherPaths.join(', ')} on port ${HTTPS_PORT} to the internet as well`
  }
  if (mode === 'serve' && config.funnel && config.otherPaths.length > 0) {
    return `funnel is on for ${config.otherPaths.join(', ')} on port ${HTTPS_PORT}, and would show the gateway to the internet`
  }
  return null
}

function messageOf(result: Exclude<CommandResult, { kind: 'done' }>): string {
  return result.kind === 'failed' ? result.message : result.detail
}

function refused(mode: ServeMode, why: string): ServeResult {
  const next = `See \`tailscale serve status\`, or set gateway.tailscale.mode to "off".`
  return {
    kind: 'refused',
    message: `gateway.tailscale.mode "${mode}" cannot be set up: ${why}. ${next}`,
  }
}

function leftBehind(mode: ServeMode, why: string): ServeResult {
  const next = `Remove it with \`tailscale ${mode} ${ENTRY.join(' ')} off\`.`
  return {
    kind: 'refused',
    message: `tailscale ${mode} still forwards to the gateway: ${why}. ${next}`,
  }
}
