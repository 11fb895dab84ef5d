/** Which folder may import which, and how long a file may be. Change this table only together with ARCHITECTURE.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  access: ['core'],
  host: ['core'],
  record: ['core', 'access'],
  pairing: ['core', 'access'],
  nodes: ['core', 'access', 'pairing'],
  senders: ['core', 'access', 'pairing'],
  agents: ['core', 'access'],
  channels: ['core', 'access', 'pairing', 'senders', 'agents'],
  operations: ['core', 'access', 'record', 'pairing', 'nodes', 'senders', 'channels', 'agents'],
  storage: ['core', 'host'],
  config: ['core', 'host'],
  recover: ['core', 'access', 'host', 'config', 'storage', 'record'],
  server: ['core', 'access', 'record', 'operations', 'config'],
  telemetry: ['core', 'access'],
  audit: ['core', 'access', 'config'],
  doctor: ['core', 'config', 'audit'],
  'node-host': ['core', 'host', 'pairing'],
  cli: ['core', 'config', 'operations', 'host', 'node-host'],
}

/** `import type` of a port is free for those that implement it: `storage` and `host` do. */
const TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  host: ['access', 'record', 'config'],
  storage: [
    'access',
    'record',
    'pairing',
    'senders',
    'channels',
    'agents',
    'operations',
    'server',
    'config',
  ],
  server: ['pairing', 'nodes', 'channels'],
  config: ['access', 'server'],
  record: ['operations'],
  telemetry: ['agents', 'server'],
  agents: ['operations'],
  cli: ['access', 'record', 'recover', 'audit', 'doctor'],
}

const SOURCE = join(import.meta.dirname)
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
/** `app/` and the files beside the folders join everything; whoever else imported them would go round in a circle. */
const inFolders = files.filter(
  (file) => /^(?!app\/)[^/]+\//.test(file) && !/\.(test|fixture)\.ts$/.test(file),
)

/** Every relative import of a file, and whether it is of types alone. */
function importsOf(file: string): { folder: string; types: boolean }[] {
  const source = readFileSync(join(SOURCE, file), 'utf8')
  const found = source.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms,
  )
  return [...found].map(([, type, target, lazy]) => ({
    folder: relative(SOURCE, join(SOURCE, dirname(file), target ?? lazy ?? '')).split('/')[0] ?? '',
    types: type !== undefined,
  }))
}

test('the table sees the files it is about', () => {
  expect(inFolders.length).toBeGreaterThan(50)
  expect(inFolders.flatMap(importsOf).length).toBeGreaterThan(100)
})

test('imports point down', () => {
  const wrong = inFolders.flatMap((file) => {
    const folder = file.split('/')[0] ?? ''
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])]
    const asTypes = [...allowed, ...(TYPES_OF[folder] ?? [])]
    return importsOf(file)
      .filter((target) => !(target.types ? asTypes : allowed).includes(target.folder))
      .map((target) => `${file} imports ${target.folder}${target.types ? ' (types)' : ''}`)
  })
  expect(wrong).toEqual([])
})

test('the decision core depends on nothing but Node', () => {
  const core = inFolders.filter((file) => /^(core|access|record|pairing)\//.test(file))
  const foreign = core.flatMap((file) => {
    const source = readFileSync(join(SOURCE, file), 'utf8')
    return [...source.matchAll(/from\s+'([^.'][^']*)'/g)]
      .filter(([, name]) => !name?.startsWith('node:'))
      .map(([, name]) => `${file}: ${name}`)
  })
  expect(foreign).toEqual([])
})

test('no file is longer than 400 lines', () => {
  const long = files.filter(
    (file) => readFileSync(join(SOURCE, file), 'utf8').split('\n').length > 400,
  )
  expect(long).toEqual([])
})

test('every file says in its first line what it is for', () => {
  const silent = inFolders.filter(
    (file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(SOURCE, file), 'utf8')),
  )
  expect(silent).toEqual([])
})
