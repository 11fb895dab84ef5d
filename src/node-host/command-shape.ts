/** One entry of the list of commands, as people write it in `node-commands.json`. */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { mayPass } from './child-environment.ts'
import type { ProgramCommand } from './types.ts'

const DEFAULT_TIMEOUT_SECONDS = 60
/** The longest that a gateway waits (PROTOCOL 3.7). */
const MAX_TIMEOUT_SECONDS = 600
const DEFAULT_OUTPUT_BYTES = 64 * 1024
/** Twice this, with every byte written as `\u0000`, is an answer that a gateway still takes. */
const MAX_OUTPUT_BYTES = 512 * 1024

const word = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL character')
const program = word
  .min(1)
  .refine(
    (text) => isAbsolute(text) || !/[\\/]/.test(text),
    'must be an absolute path, or the name of a program in PATH',
  )
  .refine(
    (text) => isAbsolute(text) || !/\s/.test(text),
    'must be a program alone: its arguments are words of their own, and there is no shell',
  )

export const commandShape = z.strictObject({
  /** The program, then its fixed arguments. */
  run: z.tuple([program], word),
  extraArgs: z.boolean().default(false),
  cwd: word.refine(isAbsolute, 'must be an absolute path').optional(),
  env: z
    .array(
      z
        .string()
        .refine(
          mayPass,
          'must be the name of an environment variable, and none that begins with OPENCLAW_',
        ),
    )
    .max(64)
    .default([]),
  timeoutSeconds: z.number().min(0.1).max(MAX_TIMEOUT_SECONDS).default(DEFAULT_TIMEOUT_SECONDS),
  maxOutputBytes: z.int().min(1).max(MAX_OUTPUT_BYTES).default(DEFAULT_OUTPUT_BYTES),
})

export function programCommand(
  name: string,
  { run: [path, ...args], extraArgs, cwd, env, ...limits }: z.output<typeof commandShape>,
): ProgramCommand {
  return {
    kind: 'program',
    name,
    program: path,
    args,
    extraArgs: extraArgs ? 'accepted' : 'refused',
    cwd: cwd ?? null,
    env,
    timeoutMs: limits.timeoutSeconds * 1000,
    maxOutputBytes: limits.maxOutputBytes,
  }
}
