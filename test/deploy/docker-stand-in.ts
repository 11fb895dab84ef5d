/**
 * Stands in for `docker compose`, on a machine that has none: the few commands that the page tells to type, done by
 * `container.ts` to the built gateway. `build` makes the image's files on the machine's own disk.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { execIn, removeVolumes, startContainer } from './container.ts'
import { readCompose, type Service } from './compose.ts'
import { readImage } from './dockerfile.ts'

const STATE = '/tmp/docker-stand-in'
const REPOSITORY = join(import.meta.dirname, '../..')
const compose = readCompose(process.env)
const image = readImage()

type Words = readonly string[]
const COMMANDS: Readonly<Record<string, (words: Words) => number | Promise<number>>> = {
  build,
  up,
  run,
  exec,
  logs: () => sh(`cat ${STATE}/log`),
  stop,
  start: up,
  restart: () => stop() || up(),
  down: (words) => {
    stop()
    if (words.includes('--volumes')) removeVolumes()
    return 0
  },
}

const [first, command = '', ...words] = process.argv.slice(2)
const does = first === 'compose' ? COMMANDS[command] : undefined
if (does === undefined) throw new Error(`docker ${process.argv.slice(2).join(' ')}: unknown here`)
mkdirSync(STATE, { recursive: true })
process.exit(await does(words))

/** As the base image has a user, and each instruction leaves something on the disk. */
function build(): number {
  sh('id node > /dev/null 2>&1 || useradd --non-unique --uid 1000 --create-home node')
  for (const { text } of image.copies) {
    const [target = '', ...sources] = text.split(' ').slice(1).toReversed()
    const paths = sources.map((source) => join(REPOSITORY, source.replace(/^\/src\//, '')))
    sh(`mkdir -p ${target}`, image.workdir)
    // What is in a folder is copied, not the folder itself.
    for (const path of paths)
      sh(`cp -rT ${path} ${target}$(test -d ${path} || basename ${path})`, image.workdir)
  }
  for (const { text } of image.runs) sh(text, image.workdir)
  return 0
}

/** In the background, by a keeper that starts it again as `restart` says. */
function up(): number {
  const log = openSync(`${STATE}/log`, 'a')
  writeFileSync(`${STATE}/wanted`, 'running')
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, 'container-keeper.ts'), STATE],
    {
      detached: true,
      stdio: ['ignore', log, log],
    },
  )
  writeFileSync(`${STATE}/keeper`, String(keeper.pid))
  keeper.unref()
  return sh(`timeout 20 sh -c 'until test -s ${STATE}/pid; do sleep 0.05; done'`)
}

/** SIGTERM, and no more than that; returns when it is gone. */
function stop(): number {
  if (!existsSync(`${STATE}/keeper`)) return 0
  writeFileSync(`${STATE}/wanted`, 'stopped')
  const keeper = readFileSync(`${STATE}/keeper`, 'utf8')
  return sh(`kill $(cat ${STATE}/pid) || true; timeout 30 tail --pid=${keeper} -f /dev/null`)
}

async function run(words: Words): Promise<number> {
  const { options, name, command } = parsed(words)
  const at = options.indexOf('--entrypoint')
  const entrypoint = at === -1 ? undefined : [options[at + 1] ?? '']
  const service = serviceOf(name)
  const root = `${STATE}/root-of-${process.pid}`
  const child = startContainer(
    { service, image, root, command, ...(entrypoint && { entrypoint }) },
    ['inherit', 'inherit', 'inherit', 'pipe'],
  )
  ;(child.stdio[3] as Writable).end('\n')
  const [code] = (await once(child, 'close')) as [number]
  return code
}

function exec(words: Words): number {
  const { name, command } = parsed(words)
  const pid = readFileSync(`${STATE}/pid`, 'utf8')
  const [program = '', ...rest] = [...execIn(pid, serviceOf(name), image), ...command]
  return spawnSync(program, rest, { stdio: 'inherit' }).status ?? 1
}

/** Options end where the name of the service stands. */
function parsed(words: Words) {
  const takesValue = (word: string | undefined) => word === '--entrypoint'
  const at = words.findIndex(
    (word, index) => !word.startsWith('-') && !takesValue(words[index - 1]),
  )
  return { options: words.slice(0, at), name: words[at] ?? '', command: words.slice(at + 1) }
}

function serviceOf(name: string): Service {
  const service = compose.services[name]
  if (service === undefined) throw new Error(`no service ${name}`)
  return service
}

function sh(line: string, cwd = '/'): number {
  mkdirSync(cwd, { recursive: true })
  const { status } = spawnSync('sh', ['-ec', line], { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${line}: ${status}`)
  return status
}
