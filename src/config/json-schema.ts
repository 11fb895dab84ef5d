/** The JSON Schema of the configuration file, for editors: `openclaw config schema`. */
import * as z from 'zod'
import { configSchema } from './schema.ts'

export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  return { ...schema, title: 'OpenClaw Gateway configuration' }
}
