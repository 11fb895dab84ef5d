/** `deploy/docker/Dockerfile`: its stages and instructions, as far as that file goes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../deploy/docker')

export interface Instruction {
  readonly name: string
  readonly text: string
}

/** One list of instructions a stage, `FROM` first. */
export function readStages(): readonly (readonly Instruction[])[] {
  const text = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8')
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const all = lines.map((line) => {
    const [, name = '', text = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? []
    return { name, text }
  })
  const from = all.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []))
  return from.map((start, index) => all.slice(start, from[index + 1]))
}

/** What is not sent along with a build, as patterns of the file say. */
export function readIgnored(): readonly string[] {
  return readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8').trim().split('\n')
}

export interface Image {
  readonly environment: Readonly<Record<string, string>>
  readonly workdir: string
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
  readonly copies: readonly Instruction[]
  readonly runs: readonly Instruction[]
}

/** What the last stage says. */
export function readImage(): Image {
  const stage = readStages().at(-1) ?? []
  const all = (name: string) => stage.filter((one) => one.name === name)
  const last = (name: string) => all(name).at(-1)?.text ?? ''
  const list = (text: string) => JSON.parse(/\[.*\]$/.exec(text)?.[0] ?? '[]') as string[]
  const pairs = all('ENV').flatMap(({ text }) => text.split(' '))
  return {
    environment: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])),
    workdir: last('WORKDIR'),
    user: last('USER'),
    entrypoint: list(last('ENTRYPOINT')),
    command: list(last('CMD')),
    healthcheck: list(last('HEALTHCHECK')),
    copies: all('COPY'),
    runs: all('RUN'),
  }
}
