/** `deploy/docker/compose.yaml` as Compose reads it, as far as that file goes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const COMPOSE_FILE = join(import.meta.dirname, '../../deploy/docker/compose.yaml')

/** Strict: a key that is not applied here would be one that no test tries. */
const serviceShape = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  container_name: z.string().optional(),
  restart: z.literal('unless-stopped').optional(),
  stop_grace_period: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  stdin_open: z.boolean().optional(),
  tty: z.boolean().optional(),
  volumes: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  read_only: z.boolean().default(false),
  tmpfs: z.array(z.string()).default([]),
  security_opt: z.array(z.literal('no-new-privileges:true')).default([]),
  cap_drop: z.array(z.literal('ALL')).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
})
const composeShape = z.strictObject({
  name: z.string(),
  'x-openclaw': z.unknown(),
  services: z.record(z.string(), serviceShape),
  networks: z.record(z.string(), z.strictObject({})),
  volumes: z.record(z.string(), z.strictObject({})),
})
export type Compose = z.output<typeof composeShape>
export type Service = z.output<typeof serviceShape>

/** `variables`: of the environment, and of `.env` beside it. */
export function readCompose(variables: Readonly<Record<string, string | undefined>>): Compose {
  return composeShape.parse(
    parse(readFileSync(COMPOSE_FILE, 'utf8'), {
      merge: true,
      // In every text, after parsing, as Compose does it: a value is never read as YAML.
      reviver: (_key, value: unknown) =>
        typeof value === 'string' ? filled(value, variables) : value,
    }),
  )
}

function filled(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_all, name: string, otherwise = '') => variables[name] || otherwise,
  )
}
