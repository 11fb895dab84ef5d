/** deploy/docker/Dockerfile: its build, on what would be sent to it. NPM_CI=1 also installs the packages, as the Dockerfile does. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIgnored, readImage, readStages } from './dockerfile.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const at = { folder: '' }

beforeAll(() => {
  at.folder = mkdtempSync(join(tmpdir(), 'openclaw-build-'))
  cpSync(REPOSITORY, at.folder, {
    recursive: true,
    filter: (path) => !isIgnored(relative(REPOSITORY, path)),
  })
})
afterAll(() => rmSync(at.folder, { recursive: true, force: true }))

test('no secret, no history and no build of this machine is sent along', () => {
  for (const path of [
    '.git',
    '.env',
    'deploy/docker/.env',
    'node_modules',
    'ui/node_modules',
    'dist',
  ])
    expect(isIgnored(path), path).toBe(true)
  expect(readdirSync(at.folder)).toContain('src')
})

test('the first stage installs what is locked, before the sources come', () => {
  const [build] = readStages()
  expect(build?.map(({ name, text }) => `${name} ${text}`)).toEqual([
    'FROM node:24-slim AS build',
    'WORKDIR /src',
    'COPY package.json package-lock.json ./',
    'COPY runtime/package.json runtime/',
    'COPY ui/package.json ui/',
    'RUN npm ci --no-audit --no-fund',
    'COPY . .',
    'RUN npm run build',
  ])
})

test('every workspace is copied before the packages are installed', () => {
  const { workspaces } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
    readonly workspaces: readonly string[]
  }
  const copied = readStages()[0]?.map(({ text }) => text)
  for (const name of workspaces) expect(copied).toContain(`${name}/package.json ${name}/`)
})

test('it builds what was sent, and the last stage needs nothing else', { timeout: 300_000 }, () => {
  if (process.env['NPM_CI'] === '1') run('npm', ['ci', '--no-audit', '--no-fund'])
  else symlinkSync(join(REPOSITORY, 'node_modules'), join(at.folder, 'node_modules'))
  run('npm', ['run', 'build'])
  const image = mkdtempSync(join(tmpdir(), 'openclaw-image-'))
  try {
    cpSync(join(at.folder, 'package.json'), join(image, 'package.json'))
    cpSync(join(at.folder, 'dist'), join(image, 'dist'), { recursive: true })
    const { entrypoint } = readImage()
    const [, ...words] = [...entrypoint, 'config', 'get', 'gateway.port']
    const { stdout } = spawnSync(process.execPath, words, {
      cwd: image,
      encoding: 'utf8',
      env: { HOME: image },
    })
    expect(stdout).toBe('18789\n')
  } finally {
    rmSync(image, { recursive: true, force: true })
  }
})

test('what runs is nobody’s but the user’s, and is checked by its own command', () => {
  const image = readImage()
  expect(image).toMatchObject({
    user: 'node',
    workdir: '/app',
    entrypoint: ['node', 'dist/index.js'],
    command: ['gateway'],
    healthcheck: ['node', 'dist/index.js', 'health'],
  })
  expect(Object.keys(image.environment).join(' ')).not.toMatch(/TOKEN|PASSWORD|KEY|SECRET/)
})

function run(program: string, words: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(program, words, { cwd: at.folder, encoding: 'utf8' })
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
}

/** As Docker reads the few forms that the file has: a path, or `**` and a name. */
function isIgnored(path: string): boolean {
  return readIgnored().some((pattern) => {
    const name = pattern.replace(/^\*\*\//, '')
    return name === pattern
      ? path === pattern || path.startsWith(`${pattern}/`)
      : path.split('/').includes(name)
  })
}
