/** Troubles: networks that repeat what they were sent, a rotation, a kill, a damaged state dir, a mode that changes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { waitFor } from '../channels.fixture.ts'
import { bearer, REMOTE } from '../gateway.ts'
import type { Day } from './day.ts'
import { CONFIG } from './secrets.ts'

export async function networksAreCareless(day: Day): Promise<void> {
  const { telegram, telegramWork, discord, discordWork, whatsapp, whatsappWork } =
    day.world.networks
  const feel = (mood: 'well' | 'careless'): void => {
    for (const network of [telegram, telegramWork]) network.mood = mood
    for (const network of [discord, discordWork, whatsapp, whatsappWork]) network.feel(mood)
  }
  feel('careless')
  const words = ['message', 'send', '--to', '15551234567', '--message', 'hello']
  for (const channel of ['telegram', 'discord', 'whatsapp'])
    await day.type([...words, '--channel', channel, '--account', 'work', '--verbose'])
  telegram.drop()
  await day.type(['channels', 'status', '--probe', '--json', '--verbose'])
  await looksOverRest(day)
  feel('well')
}

/** Everything that can be read over REST, as an administrator and as somebody else. */
export async function looksOverRest(day: Day, headers = bearer(day.secrets.token.value)) {
  const api =
    'config status token record?limit=500 logs lockouts api-keys presence health sessions agents whoami devices nodes nodes/requests senders channels'
  const paths = [...api.split(' ').map((path) => `/api/v1/${path}`), '/metrics', '/readyz', '/']
  for (const path of paths) {
    const { status } = await day.ask({ path, headers: { ...REMOTE, ...headers } })
    expect([path, status]).toEqual([path, 200])
    await day.ask({ path, headers: { ...REMOTE, ...bearer(day.secrets.wrongToken.value) } })
  }
}

export async function tokensRotate(day: Day): Promise<void> {
  for (const words of [
    ['token', 'promote', '--force'],
    ['token', 'rotate', '--json'],
  ]) {
    const { said } = await day.type([...words, '--verbose'], { may: ['a new token'] })
    const token = /"token": "([^"]+)"/.exec(said)?.[1]
    if (token !== undefined) day.made('a new token', token, [CONFIG])
  }
  await day.type(['token', 'status', '--json', '--verbose'])
  await day.type(['gateway', 'restart', '--verbose'])
}

/** Killed, damaged, refused, recovered, and there again. */
export async function killedAndRecovered(day: Day): Promise<void> {
  const { dir } = day.world
  await day.gateway.stop('SIGKILL')
  const store = join(dir, 'store.sqlite')
  const whole = readFileSync(store)
  writeFileSync(store, Buffer.concat([Buffer.alloc(200, 'x'), whole.subarray(200)]))
  const config = join(dir, 'openclaw.json')
  writeFileSync(config, readFileSync(config, 'utf8').slice(0, -20))
  await day.fails(dir)
  for (const words of ['logs', 'status --json', 'security audit', 'recover --dry-run', 'recover'])
    await day.type([...words.split(' '), '--verbose'])
  await day.type(['recover', '--json'])
}

/** By password from now on, which is another secret, another throttle and another login. */
export async function passwordDay(day: Day): Promise<void> {
  const { secrets, world } = day
  writeFileSync(join(world.dir, 'openclaw.json'), JSON.stringify(world.config), { mode: 0o600 })
  await day.start(['--auth', 'password'])
  const right = { 'x-openclaw-password': secrets.password.value }
  const wrong = { 'x-openclaw-password': secrets.wrongPassword.value }
  await looksOverRest(day, right)
  expect((await day.ask({ headers: { ...REMOTE, ...wrong } })).status).toBe(401)
  for (const { value } of [secrets.password, secrets.wrongPassword]) {
    const may = ['a session by password']
    const body = { secret: value }
    const request = { method: 'POST', path: '/api/v1/session', headers: REMOTE, body }
    const { headers } = await day.ask(request, may)
    const cookie = /openclaw_session=([^;]+)/.exec(String(headers['set-cookie']?.[0]))?.[1]
    if (cookie !== undefined) day.made('a session by password', cookie)
  }
  await day.type(['logs', '--json', '--limit', '5000'])
  await waitFor(() => expect(world.networks.collector.bodies.length).toBeGreaterThan(2))
  await day.type(['gateway', 'stop', '--verbose'])
}

export function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}
