/** `openclaw config schema`: the JSON Schema of the configuration file, for editors. */
import { configJsonSchema } from '../../config/json-schema.ts'
import { EXIT, type Io } from '../types.ts'

/** Prints JSON with and without `--json`. */
export async function runConfigSchema(_args: object, io: Io): Promise<number> {
  io.stdout(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  return EXIT.done
}
