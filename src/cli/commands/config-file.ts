/** `openclaw config file`: which file is in use, or would be made by the first change. */
import { existsSync } from 'node:fs'
import { locate } from '../../config/locate.ts'
import { configHost } from '../../host/config-host.ts'
import { EXIT, type Io } from '../types.ts'
import { printProblems, type ConfigOptions } from './config-reading.ts'

export async function runConfigFile(args: ConfigOptions, io: Io): Promise<number> {
  const located = locate({ variables: io.env, home: configHost(io.env).home, path: args.config })
  if (located.kind === 'refused') {
    printProblems([located.problem], args, io)
    return EXIT.no
  }
  const { file } = located.location
  const exists = existsSync(file)
  io.stdout(args.json ? `${JSON.stringify({ file, exists })}\n` : `${file}\n`)
  if (!exists && !args.json) io.stderr('The file does not exist yet; the defaults hold\n')
  return EXIT.done
}
