import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireGatewayLock, readGatewayInfo, type GatewayInfo } from './gateway-lock.ts'

const state = { dir: '' }
const children: ChildProcessByStdio<Writable, Readable, null>[] = []
beforeEach(() => {
  state.dir = mkdtempSync(join(tmpdir(), 'gateway-lock-'))
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  rmSync(state.dir, { recursive: true, force: true })
})

const INFO: GatewayInfo = {
  pid: 4711,
  port: 18_789,
  bind: ['127.0.0.1', '::1'],
  ownerSocket: '/run/gateway.sock',
  startedAt: 1_700_000_000_000,
  version: '0.1.0',
}

/** A gateway, as far as the lock is concerned: acquires on a line of input, says the outcome, and stays. */
const STARTER = `
import { acquireGatewayLock } from ${JSON.stringify(new URL('gateway-lock.ts', import.meta.url).href)}
console.log('ready')
process.stdin.once('data', async () => {
  const lock = acquireGatewayLock(process.argv[1])
  if (lock.kind === 'held') await lock.update({ ...${JSON.stringify(INFO)}, pid: process.pid })
  console.log(JSON.stringify({ kind: lock.kind, pid: lock.info?.pid ?? null }))
  process.stdin.on('data', () => {})
})`

async function starter() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STARTER, state.dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    child,
    start: async (): Promise<unknown> => {
      child.stdin.write('\n')
      const { value } = await lines.next()
      return JSON.parse(String(value))
    },
  }
}

async function kill(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Takes the lock here; a test that fails to leaves nothing behind that would disturb the next. */
function hold() {
  const lock = acquireGatewayLock(state.dir)
  if (lock.kind !== 'held')
    throw new Error(`expected to hold the lock, and it is ${JSON.stringify(lock)}`)
  return lock
}

describe('one gateway per state dir', () => {
  it('is held, told, and released', async () => {
    const lock = hold()
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'running', info: null })
    await lock.update(INFO)
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'running', info: INFO })
    lock.release()
    lock.release()
    await lock.update(INFO)
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'stopped', last: null })
    hold().release()
  })

  it('R62: keeps its files to the owner', async () => {
    const lock = hold()
    await lock.update(INFO)
    const modes = readdirSync(state.dir).map((name) => [
      name,
      statSync(join(state.dir, name)).mode & 0o777,
    ])
    lock.release()
    expect(modes).toEqual([
      ['gateway.json', 0o600],
      ['gateway.lock', 0o600],
    ])
  })

  it('is taken while another process lives, and says which', async () => {
    const other = await starter()
    expect(await other.start()).toEqual({ kind: 'held', pid: null })
    const pid = other.child.pid
    expect(acquireGatewayLock(state.dir)).toMatchObject({
      kind: 'taken',
      info: { pid, port: 18_789 },
    })
    expect(readGatewayInfo(state.dir)).toMatchObject({ kind: 'running', info: { pid } })
  })

  it('does not outlive kill -9', async () => {
    const other = await starter()
    await other.start()
    await kill(other.child)
    expect(readGatewayInfo(state.dir)).toMatchObject({
      kind: 'stopped',
      last: { pid: other.child.pid },
    })

    const lock = hold()
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'running', info: null })
    lock.release()
  })

  it('goes to exactly one of ten that start at once', async () => {
    const starters = await Promise.all(Array.from({ length: 10 }, starter))
    const outcomes = await Promise.all(starters.map(({ start }) => start()))
    const held = outcomes.filter((outcome) => JSON.stringify(outcome).includes('"held"'))
    expect(held).toHaveLength(1)
    expect(outcomes.filter((outcome) => JSON.stringify(outcome).includes('"taken"'))).toHaveLength(
      9,
    )
  })

  it('is not lost to somebody who keeps asking whether it runs', async () => {
    const askers = Array.from({ length: 3 }, () => {
      const script = STARTER.replace(
        /process\.stdin\.once[\s\S]*/,
        'for (;;) readGatewayInfo(process.argv[1])',
      ).replace('{ acquireGatewayLock }', '{ readGatewayInfo }')
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, state.dir], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      children.push(child)
      return once(child.stdout, 'data')
    })
    hold().release()
    await Promise.all(askers)
    for (const _ of Array.from({ length: 20 })) hold().release()
  })

  it('holds although it cannot tell', async () => {
    const lock = hold()
    mkdirSync(join(state.dir, 'gateway.json'))
    expect(await lock.update(INFO)).toMatchObject({ kind: 'failed' })
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'running', info: null })
    rmSync(join(state.dir, 'gateway.json'), { recursive: true })
    lock.release()
  })

  it('says what is wrong where nothing can be locked', () => {
    mkdirSync(join(state.dir, 'gateway.lock'))
    const message = expect.stringContaining(join(state.dir, 'gateway.lock'))
    expect(acquireGatewayLock(state.dir)).toMatchObject({ kind: 'impossible', message })
    expect(readGatewayInfo(state.dir)).toMatchObject({ kind: 'unknown', message })
    expect(acquireGatewayLock(join(state.dir, 'nowhere'))).toMatchObject({ kind: 'impossible' })
  })
})

describe('asking whether a gateway runs', () => {
  it('creates nothing where none ever did', () => {
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'stopped', last: null })
    expect(existsSync(join(state.dir, 'gateway.lock'))).toBe(false)
  })

  it.each(['', '{', '{"pid":"x"}', '[]'])('ignores what is no report of ours: %j', (text) => {
    writeFileSync(join(state.dir, 'gateway.json'), text)
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'stopped', last: null })
  })

  it('works where the state dir cannot be written', () => {
    hold().release()
    chmodSync(state.dir, 0o500)
    expect(readGatewayInfo(state.dir)).toEqual({ kind: 'stopped', last: null })
    chmodSync(state.dir, 0o700)
  })
})
