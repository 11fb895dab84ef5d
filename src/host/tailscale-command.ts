/** Runs the `tailscale` command: no shell, no secrets in its environment, bounded in time and output. */
import { execFile } from 'node:child_process'

export type CommandResult =
  | { readonly kind: 'done'; readonly stdout: string }
  /** It ran and said no; `message` is what it wrote, on one line. */
  | { readonly kind: 'failed'; readonly exitCode: number; readonly message: string }
  /** It could not be run, or did not end. */
  | { readonly kind: 'unavailable'; readonly detail: string }

/** Runs `tailscale` with these arguments. Never rejects. */
export type TailscaleCommand = (args: readonly string[]) => Promise<CommandResult>

export interface CommandOptions {
  /** Where to look for the command, as in `PATH`. */
  readonly path: string
  readonly timeoutMs: number
  /** More output than this counts as an outage. */
  readonly maxBytes: number
}

export function tailscaleCommand({ path, timeoutMs, maxBytes }: CommandOptions): TailscaleCommand {
  // The gateway's own environment holds its secrets; `cwd` keeps a relative PATH entry from finding anything of ours.
  const options = {
    env: { PATH: path, HOME: '/', LC_ALL: 'C' },
    cwd: '/',
    timeout: timeoutMs,
    maxBuffer: maxBytes,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  } as const

  return (args) =>
    new Promise((resolve) => {
      execFile('tailscale', args, options, (error, stdout, stderr) => {
        if (error === null) return resolve({ kind: 'done', stdout })
        const said = oneLine(stderr) || oneLine(stdout)
        if (typeof error.code === 'number') {
          return resolve({
            kind: 'failed',
            exitCode: error.code,
            message: said || 'it gave no reason',
          })
        }
        return resolve({ kind: 'unavailable', detail: outage(error, timeoutMs, said) })
      })
    })
}

interface CommandError extends Error {
  readonly code?: string | number | null
  readonly killed?: boolean
}

function outage({ code, killed = false }: CommandError, timeoutMs: number, said: string): string {
  if (code === 'ENOENT') return 'the `tailscale` command is not on PATH'
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'the `tailscale` command wrote too much'
  const suffix = said === '' ? '' : `: ${said}`
  if (killed) return `the \`tailscale\` command did not end within ${timeoutMs / 1000} s${suffix}`
  return `the \`tailscale\` command could not be run (${code ?? 'killed'})${suffix}`
}

/** What a program wrote, on one line and safe to print. Its reason may stand below a warning, so all lines count. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 400)
}
